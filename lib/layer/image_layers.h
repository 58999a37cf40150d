#ifndef CLEAT_LIB_LAYER_IMAGE_LAYERS_H_
#define CLEAT_LIB_LAYER_IMAGE_LAYERS_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "lib/layer/form.h"
#include "lib/store/store_form.h"
#include "proto/image.pb.h"
#include "proto/layers.pb.h"

namespace cleat::layer {

// How the layers of a store of this form are unpacked.
Form FormOf(const store::StoreForm& form);

// Puts each layer of the image that the store at `store` lacks into it,
// verified, and tells where all are. A layer that is there costs one small
// file read. Several processes may do the same at once: one unpacks, the
// others wait for it. What was unpacked before an error stays: it is complete.
// Beside each layer goes Docker's tar-split.json.gz, by which its archive can
// be had again. No layer may have more than `max_plain_size` bytes
// uncompressed; -1 for any size.
//
// kInvalidArgument for a DiffID that is none, kNotFound for a layer that only
// another store has, otherwise as Unpack.
absl::StatusOr<proto::LayersState> PutInStore(const proto::ImageState& image,
                                              const std::string& store,
                                              int64_t max_plain_size = -1);

}  // namespace cleat::layer

#endif  // CLEAT_LIB_LAYER_IMAGE_LAYERS_H_
