#ifndef CLEAT_LIB_CGROUP_MOVE_H_
#define CLEAT_LIB_CGROUP_MOVE_H_

#include <sys/types.h>

#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "proto/cgroup.pb.h"

// Moving what runs already into groups that are there.

namespace cleat::cgroup {

struct Movers {
  std::vector<pid_t> processes;
  std::vector<pid_t> threads;
};

// Moves processes with all their threads, and single threads, each in all
// hierarchies; threads not in a unified one that has no controllers. Then calls
// `then`. All or none: on an error, also its own, those moved go back.
// kNotFound for a process that is none; kFailedPrecondition and
// kPermissionDenied name the cure: v2 asks for the right to the nearest group
// above both places, takes threads only in threaded groups, and processes only
// in groups without controllers below.
absl::Status Move(const proto::CgroupState& state, const Movers& movers,
                  absl::FunctionRef<absl::Status()> then = absl::OkStatus);

// Moves this process, which has one thread: on v1 without waiting for an RCU
// grace period, as on v2 only a new process can enter (lib/cgroup/attach.h).
absl::Status MoveSelf(const proto::CgroupState& state);

// The groups of a process, as directories that are their own base.
absl::StatusOr<proto::CgroupState> GroupsOf(pid_t pid);

}  // namespace cleat::cgroup

#endif  // CLEAT_LIB_CGROUP_MOVE_H_
