#ifndef CLEAT_LIB_DERIVE_DERIVE_IMAGE_H_
#define CLEAT_LIB_DERIVE_DERIVE_IMAGE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "lib/derive/edit_config.h"
#include "lib/layer/pack.h"
#include "lib/store/pending_layer.h"
#include "proto/image.pb.h"
#include "proto/layers.pb.h"

// Images made of images: by layer-commit, image-append and image-config.

namespace cleat::derive {

// A layer to come.
struct NewLayer {
  std::string diff_id;
  // In a file of `size` bytes,
  std::string path;
  int64_t size = 0;
  // or unpacked in the store, though not yet of it, with this content.
  absl::optional<store::PendingLayer> pending;
  int64_t content_size = 0;
  // Whether it has no entry at all.
  bool empty = false;
};

// Makes a layer of what differs. This process then has the rights over the ids
// of the store's files (store::EnterForm); it must have one thread.
absl::StatusOr<NewLayer> MakeLayer(const std::string& store,
                                   const diff::Stack& before,
                                   const diff::Stack& after,
                                   const layer::PackOptions& options);

struct Derivation {
  proto::Image base;
  // Bottom first.
  std::vector<NewLayer> layers;
  // One for all layers, or one for each; without layers, one without.
  std::string created_by;
  proto::ImageEdit edit;
  std::vector<std::string> names;
  // Whether the new image is recorded as built on the base, where the store has
  // that: as Docker's commit does, not its load.
  bool is_child = false;
};

struct Derived {
  proto::Image image;
  proto::LayersState layers;
};

// The time of an image that is made now: SOURCE_DATE_EPOCH, where it is set.
absl::StatusOr<absl::Time> CreationTime();

// Checks what can be before work begins: kInvalidArgument.
absl::Status CheckDerivation(const proto::ImageEdit& edit,
                             const std::vector<std::string>& names);

// Puts the layers (the base's, too, where the store lacks them) and the config
// of the new image into the store and names it. What was put before an error
// stays: layers are complete and an image without a name is only not found.
absl::StatusOr<Derived> DeriveImage(Derivation derivation,
                                    const std::string& store);

}  // namespace cleat::derive

#endif  // CLEAT_LIB_DERIVE_DERIVE_IMAGE_H_
