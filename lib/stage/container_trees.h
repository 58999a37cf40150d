#ifndef CLEAT_LIB_STAGE_CONTAINER_TREES_H_
#define CLEAT_LIB_STAGE_CONTAINER_TREES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/cli/document.h"
#include "lib/diff/directory.h"

namespace cleat::stage {

// A container's root before anything was written, and now.
struct ContainerTrees {
  diff::Stack before;
  diff::Stack after;
  // What Cleat made in it to mount on: diff::WalkOptions::without.
  std::vector<std::string> without;
};

// Those of the document's container; this process, of one thread, then has the
// rights to read them (store::EnterForm). kFailedPrecondition for a container
// without an upper directory of its own, and for one whose files have the ids
// of a user namespace of its own.
absl::StatusOr<ContainerTrees> TreesOf(const cli::Document& document);

}  // namespace cleat::stage

#endif  // CLEAT_LIB_STAGE_CONTAINER_TREES_H_
