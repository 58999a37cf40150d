#ifndef CLEAT_LIB_STORE_IMAGE_HISTORY_H_
#define CLEAT_LIB_STORE_IMAGE_HISTORY_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "proto/image_tools.pb.h"

namespace cleat::store {

// The steps that an image was built in, the last first, as `docker history`
// lists them (moby: daemon/images/image_history.go): those that made a layer
// have its size, and those whose image is still in the store its id and tags.
// kNotFound as ImageStore::Resolve; kInvalidArgument for a damaged config.
absl::StatusOr<std::vector<proto::ImageHistoryStep>> ReadImageHistory(
    const std::string& root, absl::string_view name);

}  // namespace cleat::store

#endif  // CLEAT_LIB_STORE_IMAGE_HISTORY_H_
