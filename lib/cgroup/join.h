#ifndef CLEAT_LIB_CGROUP_JOIN_H_
#define CLEAT_LIB_CGROUP_JOIN_H_

#include <sys/types.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/sys/fd.h"

// Going where another process is, in each of the machine's hierarchies.

namespace cleat::cgroup {

// The file through which a process moves into a group.
struct GroupFile {
  std::string path;
  sys::Fd fd;
};

// Those of the groups of process `pid`, open for writing. The rights to move
// are those of now. kNotFound when a group is out of this process's sight: it
// lies outside of its cgroup namespace, or its hierarchy is mounted in part.
absl::StatusOr<std::vector<GroupFile>> OpenGroupsOf(pid_t pid);

// Moves this process, which has one thread, there.
absl::Status JoinGroups(const std::vector<GroupFile>& files);

}  // namespace cleat::cgroup

#endif  // CLEAT_LIB_CGROUP_JOIN_H_
