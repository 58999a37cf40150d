#ifndef CLEAT_LIB_STORE_CONTAINERS_H_
#define CLEAT_LIB_STORE_CONTAINERS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/store/paths.h"

namespace cleat::store {

// A container that was made of an image.
struct ImageUser {
  std::string container;
  // The ImageID; empty when it was made of none.
  std::string image_id;
  bool running = false;
};

// The containers of the dockerd whose data root this is, from
// containers/ID/config.v2.json (moby: container/container.go). None for a
// store that no dockerd has used; kInvalidArgument for a file that says
// something else.
absl::StatusOr<std::vector<ImageUser>> ReadDockerContainers(
    const std::string& root);

}  // namespace cleat::store

#endif  // CLEAT_LIB_STORE_CONTAINERS_H_
