#ifndef CLEAT_LIB_CGROUP_ATTACH_H_
#define CLEAT_LIB_CGROUP_ATTACH_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/sys/child.h"
#include "lib/sys/fd.h"
#include "proto/cgroup.pb.h"

// How a new process gets into its groups without waiting for an RCU grace
// period (11 ms), as a write of another process's pid would: on v2 it is born
// there, on v1 it writes itself.
//
//   CLEAT_ASSIGN_OR_RETURN(AttachPlan plan, PrepareAttach(state));
//   options.cgroup = plan.unified.get();         // sys::CloneOptions
//   sys::Clone(options, [&] { AttachSelf(plan, report); … });

namespace cleat::cgroup {

struct AttachPlan {
  // The v2 directory, for CLONE_INTO_CGROUP; invalid where there is none.
  sys::Fd unified;
  // The v1 groups' `tasks` files, open for writing, and their paths.
  std::vector<sys::Fd> tasks;
  std::vector<std::string> paths;
};

// Opens what is needed. kNotFound when a group is gone.
absl::StatusOr<AttachPlan> PrepareAttach(const proto::CgroupState& state);

// The parts of it.
absl::StatusOr<sys::Fd> OpenUnified(const proto::CgroupState& state);
absl::StatusOr<std::vector<sys::Fd>> OpenTasks(const proto::CgroupState& state);

// Moves the calling thread, the only one of its process, into the group whose
// `tasks` file is open: writing 0 moves the writer itself. `path` is for the
// error, which explains why a real-time program is refused.
void EnterGroup(int tasks, const char* path, const sys::ChildReport& report);

// The same for all v1 groups of the plan.
// For the child after clone: allocates nothing. Comes before
// unshare(CLONE_NEWCGROUP), or the container would see the host's path, and
// before the change of user.
void AttachSelf(const AttachPlan& plan, const sys::ChildReport& report);

}  // namespace cleat::cgroup

#endif  // CLEAT_LIB_CGROUP_ATTACH_H_
