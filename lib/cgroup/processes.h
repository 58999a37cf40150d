#ifndef CLEAT_LIB_CGROUP_PROCESSES_H_
#define CLEAT_LIB_CGROUP_PROCESSES_H_

#include <sys/types.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace cleat::cgroup {

// The processes in a group and all below it, as this pid namespace numbers
// them (0: one outside of it), without order. An absent group has none.
absl::StatusOr<std::vector<pid_t>> Processes(const std::string& directory);

// Sends `signal` to each process in the groups and below them. Nobody escapes
// by forking where a group can be frozen (v1 freezer) or killed as a whole
// (cgroup.kill, Linux 5.14, for SIGKILL); elsewhere a second call gets those
// born in between. No process of the same number as one that has ended
// meanwhile is hit. Absent groups are passed over.
absl::Status Kill(const std::vector<std::string>& directories, int signal);

}  // namespace cleat::cgroup

#endif  // CLEAT_LIB_CGROUP_PROCESSES_H_
