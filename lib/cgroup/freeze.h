#ifndef CLEAT_LIB_CGROUP_FREEZE_H_
#define CLEAT_LIB_CGROUP_FREEZE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "proto/cgroup.pb.h"

// Stopping all processes of a group, and of those below it, where they are:
// `cgroup.freeze` of v2 (Linux 5.2; Documentation/admin-guide/cgroup-v2.rst)
// and the freezer of v1 (cgroup-v1/freezer-subsystem.rst). Processes of a
// frozen v2 group can be killed; those of v1 die when they are thawed.

namespace cleat::cgroup {

// The container's group that can be frozen, v2's before v1's: a directory.
// kFailedPrecondition, with the cure, where there is none.
absl::StatusOr<std::string> FreezableGroup(const proto::CgroupState& state);

// Those of the directories of a group that can be frozen, v2's before v1's.
std::vector<std::string> FreezableGroups(
    const std::vector<std::string>& directories);

// How long Freeze and Thaw wait by default.
constexpr absl::Duration kFreezePatience = absl::Seconds(10);

// Freezes the group and returns when no process of it runs any more. After a
// time in which one would not stop (it sleeps in the kernel) the group is
// thawed again: kDeadlineExceeded. One that is frozen already is success.
absl::Status Freeze(const std::string& group,
                    absl::Duration timeout = kFreezePatience);

// The same, but after that time the group stays asked to be frozen: who sleeps
// in the kernel stops when he wakes, and forks no more. Whether all have.
absl::StatusOr<bool> BeginFreeze(const std::string& group,
                                 absl::Duration timeout);

// Lets its processes go on, and returns when they do; kDeadlineExceeded when a
// group above it is frozen, too.
absl::Status Thaw(const std::string& group,
                  absl::Duration timeout = kFreezePatience);

// Whether it has been asked to be frozen, by Freeze or by another.
absl::StatusOr<bool> IsFrozen(const std::string& group);

}  // namespace cleat::cgroup

#endif  // CLEAT_LIB_CGROUP_FREEZE_H_
