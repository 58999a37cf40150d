#ifndef CLEAT_LIB_STAGE_LAYER_UNPACK_H_
#define CLEAT_LIB_STAGE_LAYER_UNPACK_H_

#include "absl/status/status.h"
#include "lib/cli/document.h"
#include "proto/layers.pb.h"

namespace cleat::stage {

// The work of layer-unpack: puts the layers of the section `image` into the
// store and sets the section `layers`.
absl::Status LayerUnpack(const proto::LayerUnpackOptions& options,
                         cli::Document& document);

}  // namespace cleat::stage

#endif  // CLEAT_LIB_STAGE_LAYER_UNPACK_H_
