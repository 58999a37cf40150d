#ifndef CLEAT_LIB_CGROUP_JOIN_H_
#define CLEAT_LIB_CGROUP_JOIN_H_

#include <sys/types.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/procfs/cgroup.h"
#include "lib/sys/fd.h"

// Going where another process is, in each of the machine's hierarchies.

namespace cleat::cgroup {

// The groups of a process.
struct Groups {
  pid_t pid = 0;
  std::vector<procfs::CgroupMembership> memberships;
  // The files through which one moves into them, open for writing.
  std::vector<sys::Fd> files;
  std::vector<std::string> paths;
};

// Those of process `pid` in the hierarchies that are mounted. The rights to
// move are those of now.
absl::StatusOr<Groups> OpenGroupsOf(pid_t pid);

// Moves this process, which has one thread, there. kNotFound when it is not
// where the other one was, because that group is out of this process's sight:
// it lies outside of its cgroup namespace, or of what is mounted.
absl::Status JoinGroups(const Groups& groups);

}  // namespace cleat::cgroup

#endif  // CLEAT_LIB_CGROUP_JOIN_H_
