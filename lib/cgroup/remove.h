#ifndef CLEAT_LIB_CGROUP_REMOVE_H_
#define CLEAT_LIB_CGROUP_REMOVE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace cleat::cgroup {

// Removes groups with all below them, bottom up, and the "cleat" groups above
// them once those are empty. What runs in them is killed; that processes are
// gone and the kernel lets go of the group is waited for, ten seconds at most
// (kDeadlineExceeded says who is left). Absence is success.
// kInvalidArgument, with nothing touched, for a path that is no group: not
// absolute, not in cgroupfs, or a hierarchy's root. Of several groups each is
// tried, the last one first; the first error is returned.
absl::Status Remove(const std::vector<std::string>& directories);

// kInvalidArgument when one of them is no group, or a hierarchy's root.
absl::Status CheckRemovable(const std::vector<std::string>& directories);

// As Remove, but nobody is killed or moved: kFailedPrecondition, with nothing
// touched, when a process is in one of the groups or below, says who.
// kDeadlineExceeded when the kernel does not let go of one in this time.
absl::Status RemoveUnused(const std::vector<std::string>& directories,
                          absl::Duration timeout);

}  // namespace cleat::cgroup

#endif  // CLEAT_LIB_CGROUP_REMOVE_H_
