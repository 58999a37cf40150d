#ifndef CLEAT_LIB_STORE_COLLECT_GARBAGE_H_
#define CLEAT_LIB_STORE_COLLECT_GARBAGE_H_

#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "lib/store/leftovers.h"

namespace cleat::store {

struct GarbageOptions {
  // Keep what was made, changed or used since then.
  absl::Time before;
  // Cleat's, whose directories stay.
  ContainerIds containers;
  // ChainIDs of layers that must stay.
  std::set<std::string> keep = {};
  // Only say what would be removed.
  bool dry_run = false;
};

// Removes the leftovers (leftovers.h), then the layers that nothing needs: no
// image, container, layer upon it, nor `keep`. Appends to `done` what was
// removed, or would be: "leftover PATH", "layer sha256:…". Goes on after what
// cannot be removed, which is the error.
//
// kFailedPrecondition while a dockerd runs on the store; kDataLoss when it is
// damaged so that it is not known who needs what.
absl::Status CollectGarbage(const std::string& root,
                            const GarbageOptions& options,
                            std::vector<std::string>* done);

}  // namespace cleat::store

#endif  // CLEAT_LIB_STORE_COLLECT_GARBAGE_H_
