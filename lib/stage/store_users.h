#ifndef CLEAT_LIB_STAGE_STORE_USERS_H_
#define CLEAT_LIB_STAGE_STORE_USERS_H_

#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/store/containers.h"

namespace cleat::stage {

// What Cleat's own containers and documents need of a store.
struct StoreUsers {
  // The containers, by the images that they were made of.
  std::vector<store::ImageUser> images;
  // The ChainIDs of layers that containers and documents name.
  std::set<std::string> layers;
};

// From the documents of all of this caller's containers, and of the files that
// tools have written with --output (lib/store/roots.h). A file that is no
// document by now needs nothing.
absl::StatusOr<StoreUsers> FindStoreUsers(const std::string& store);

// The ids of all of this caller's containers.
absl::StatusOr<std::set<std::string>> ContainerIds();

}  // namespace cleat::stage

#endif  // CLEAT_LIB_STAGE_STORE_USERS_H_
