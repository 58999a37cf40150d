#ifndef CLEAT_LIB_STORE_LEFTOVERS_H_
#define CLEAT_LIB_STORE_LEFTOVERS_H_

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "lib/store/paths.h"

// What processes that died have left in a store, Cleat's and dockerd's:
//
//   overlay2/cleat-tmp/CACHE/            unlocked: pending_layer.h
//   layerdb/tmp/NAME                     dockerd's write-set-…, ours
//   layerdb/sha256/CHAIN-…-removing/     remove_layers.h
//   overlay2/CACHE/ or CACHE-init/       of no layer and no container; only
//                                        with 64 digits: BuildKit has others
//   overlay2/l/LINK                      that leads nowhere
//   imagedb/metadata/sha256/IMAGE/       without an image
//   imagedb/content/sha256/*.tmp, .tmp-* half a file; beside
//                                        repositories.json likewise

namespace cleat::store {

struct Leftover {
  enum class Kind { kPending, kRemoving, kTree, kCache, kLink, kFile };
  Kind kind = Kind::kFile;
  // Below the store's top.
  std::string path;
};

// Returns the ids of Cleat's containers, each of which has told of itself
// before it made overlay2/ID/, where it writes.
using ContainerIds = std::function<absl::StatusOr<std::set<std::string>>()>;

// All that was last changed before `before`, sorted by their paths. What is
// being made at this moment is none. kDataLoss when the store is damaged so
// that it is not known which layers there are.
absl::StatusOr<std::vector<Leftover>> FindLeftovers(
    const Paths& paths, absl::Time before, const ContainerIds& containers);

// Removes one, also what an ordinary user may not remove (ns::RemoveTree), if
// it still is one. Absence is success.
absl::Status RemoveLeftover(const Paths& paths, const Leftover& leftover);

}  // namespace cleat::store

#endif  // CLEAT_LIB_STORE_LEFTOVERS_H_
