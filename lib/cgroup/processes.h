#ifndef CLEAT_LIB_CGROUP_PROCESSES_H_
#define CLEAT_LIB_CGROUP_PROCESSES_H_

#include <sys/types.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace cleat::cgroup {

// The processes in a group and all below it, as this pid namespace numbers
// them (0: one outside of it), without order. Of a threaded group those whose
// threads are in it. An absent group has none.
absl::StatusOr<std::vector<pid_t>> Processes(const std::string& directory);

// Sends `signal` to each process in the groups and below them, once even to
// who is in several of them. Nobody escapes
// by forking where a group can be frozen (v2, v1's freezer) or killed as a
// whole (cgroup.kill, Linux 5.14, for SIGKILL); elsewhere a second call gets
// those born in between. No process of the same number as one that has ended
// meanwhile is hit. Absent groups are passed over.
absl::Status Kill(const std::vector<std::string>& directories, int signal);

// Kills until nobody is in the groups and below them, and returns then. Where
// nothing freezes a group all are stopped first, so that none forks any more.
// kDeadlineExceeded says who is left.
absl::Status KillAll(const std::vector<std::string>& directories,
                     absl::Duration timeout);

}  // namespace cleat::cgroup

#endif  // CLEAT_LIB_CGROUP_PROCESSES_H_
