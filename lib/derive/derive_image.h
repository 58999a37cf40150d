#ifndef CLEAT_LIB_DERIVE_DERIVE_IMAGE_H_
#define CLEAT_LIB_DERIVE_DERIVE_IMAGE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "lib/derive/edit_config.h"
#include "lib/layer/pack.h"
#include "lib/store/pending_layer.h"
#include "proto/image.pb.h"
#include "proto/layers.pb.h"

// Images made of images: by layer-commit, image-append and image-config.

namespace cleat::derive {

// A layer to come, in a file.
struct NewLayer {
  std::string path;
  std::string diff_id;
  int64_t size = 0;
  // Whether the archive has no entry at all.
  bool empty = false;
};

// A directory in the store for layers on their way into it; gone with the
// object, or with what comes after a crash.
class Scratch {
 public:
  // This process then has the rights over the ids of the store's files
  // (store::EnterForm); it must have one thread.
  static absl::StatusOr<Scratch> Make(const std::string& store);

  // Packs what differs into a file of this name in it.
  absl::StatusOr<NewLayer> Pack(const std::string& name,
                                const diff::Stack& before,
                                const diff::Stack& after,
                                const layer::PackOptions& options) const;

 private:
  explicit Scratch(store::PendingLayer pending)
      : pending_(std::move(pending)) {}

  store::PendingLayer pending_;
};

struct Derivation {
  proto::Image base;
  // Bottom first.
  std::vector<NewLayer> layers;
  // One for all layers, or one for each; without layers, one without.
  std::string created_by;
  proto::ImageEdit edit;
  std::vector<std::string> names;
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
absl::StatusOr<Derived> DeriveImage(const Derivation& derivation,
                                    const std::string& store);

}  // namespace cleat::derive

#endif  // CLEAT_LIB_DERIVE_DERIVE_IMAGE_H_
