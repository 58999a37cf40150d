#ifndef CLEAT_LIB_SYS_REMOVE_TREE_H_
#define CLEAT_LIB_SYS_REMOVE_TREE_H_

#include <string>

#include "absl/status/status.h"

namespace cleat::sys {

// Removes `name` in the open directory `dir` and all below it, however deep:
// the depth of a tree that an archive made is not bounded by PATH_MAX, so at
// most 64 descriptors are open at a time. Follows no link and refuses
// (kFailedPrecondition) to go into another file system that is mounted there.
// Absence is success.
absl::Status RemoveTreeAt(int dir, const std::string& name);

// The same for a path.
absl::Status RemoveTree(const std::string& path);

}  // namespace cleat::sys

#endif  // CLEAT_LIB_SYS_REMOVE_TREE_H_
