#ifndef CLEAT_LIB_STORE_REMOVE_IMAGE_H_
#define CLEAT_LIB_STORE_REMOVE_IMAGE_H_

#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "lib/store/containers.h"

namespace cleat::store {

struct RemoveOptions {
  // Also an image that stopped containers were made of, or that has names in
  // several repositories.
  bool force = false;
  // Leave the nameless images that this one was built on.
  bool no_prune = false;
  // Who uses images beside the dockerd's own containers, and ChainIDs of
  // layers that must stay.
  std::vector<ImageUser> users = {};
  std::set<std::string> keep = {};
};

// Removes an image as `docker rmi` does (moby: daemon/images/image_delete.go):
// a name loses that name, and with the last one the image goes, with the layers
// that nothing else needs and the nameless images it was built on; an id takes
// all names of one repository. Appends what was done to `done`: "Untagged:
// NAME", "Deleted: sha256:…" of images and layers, also when a later step
// fails.
//
// kNotFound; kFailedPrecondition for an image that a container uses, that
// another was built on, or that is named in several repositories, saying which
// and whether `force` would help, and while a dockerd runs on the store.
absl::Status RemoveImage(const std::string& root, absl::string_view name,
                         const RemoveOptions& options,
                         std::vector<std::string>* done);

}  // namespace cleat::store

#endif  // CLEAT_LIB_STORE_REMOVE_IMAGE_H_
