#ifndef CLEAT_LIB_STORE_STORE_USAGE_H_
#define CLEAT_LIB_STORE_STORE_USAGE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/store/containers.h"
#include "proto/store.pb.h"

namespace cleat::store {

// What a store takes, in bytes of files as layerdb counts them.
struct Usage {
  // Images, containers, layers of no image, leftovers.
  std::vector<proto::StoreUsage> types;
  // The largest first.
  std::vector<proto::StoreItemUsage> images;
  std::vector<proto::StoreItemUsage> layers;
};

// `users` are containers beside the dockerd's own. kDataLoss for a damaged
// store.
absl::StatusOr<Usage> ReadUsage(const std::string& root,
                                const std::vector<ImageUser>& users);

}  // namespace cleat::store

#endif  // CLEAT_LIB_STORE_STORE_USAGE_H_
