#ifndef CLEAT_LIB_CGROUP_TREE_H_
#define CLEAT_LIB_CGROUP_TREE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace cleat::cgroup {

// A group's directory and those of all groups below it, children before their
// parents. Groups that vanish meanwhile are left out; of an absent one none.
absl::StatusOr<std::vector<std::string>> GroupsBottomUp(
    const std::string& directory);

}  // namespace cleat::cgroup

#endif  // CLEAT_LIB_CGROUP_TREE_H_
