#ifndef CLEAT_LIB_STORE_INSPECT_IMAGE_H_
#define CLEAT_LIB_STORE_INSPECT_IMAGE_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace cleat::store {

// What `docker image inspect` says of an image, with its members in its order
// (moby 20.10: daemon/images/image_inspect.go, api/types.ImageInspect,
// api/types/container/config.go), as one line of JSON. Members of the config
// that Docker does not know follow those that it knows. A layer that is not in
// the store, yet, counts nothing.
//
// kNotFound as ImageStore::Resolve; kInvalidArgument for a damaged config.
absl::StatusOr<std::string> InspectImage(const std::string& root,
                                         absl::string_view name);

}  // namespace cleat::store

#endif  // CLEAT_LIB_STORE_INSPECT_IMAGE_H_
