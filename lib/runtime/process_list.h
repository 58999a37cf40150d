#ifndef CLEAT_LIB_RUNTIME_PROCESS_LIST_H_
#define CLEAT_LIB_RUNTIME_PROCESS_LIST_H_

#include <sys/types.h>

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "proto/container_tools.pb.h"

// The processes of a container that runs, seen from outside.

namespace cleat::runtime {

// The pids of all processes in the PID namespace of `init`, a container's first
// process, in the order of their numbers. kFailedPrecondition where that is
// the caller's own namespace: its processes are not told apart by it.
absl::StatusOr<std::vector<pid_t>> NamespaceProcesses(pid_t init);

// What /proc says of the processes `pids`; those that have ended are left out.
// Ids, names and inner pids are those of the container of `init`, in whose own
// /etc/passwd users are looked up.
absl::StatusOr<std::vector<proto::ContainerProcess>> DescribeProcesses(
    pid_t init, const std::vector<pid_t>& pids);

}  // namespace cleat::runtime

#endif  // CLEAT_LIB_RUNTIME_PROCESS_LIST_H_
