#ifndef CLEAT_LIB_SYS_PIDFD_H_
#define CLEAT_LIB_SYS_PIDFD_H_

#include <sys/types.h>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/sys/fd.h"

// Processes by descriptor: no number that another process may have by now.

namespace cleat::sys {

// kNotFound when there is no such process.
absl::StatusOr<Fd> OpenPidfd(pid_t pid);

// The number of its process, in this process's PID namespace (proc(5),
// "/proc/pid/fdinfo"). kInvalidArgument when the descriptor is no pidfd,
// kNotFound when the process has ended or has no number here.
absl::StatusOr<pid_t> PidOfPidfd(int pidfd);

// A copy of the descriptor that the process has under this number.
absl::StatusOr<Fd> CopyFdOf(int pidfd, int number);

// kNotFound when the process has ended.
absl::Status SendSignal(int pidfd, int signal);

// Waits for the end of a child of this process and reaps it. Its exit status,
// or 128+N when signal N ended it.
absl::StatusOr<int> WaitForExit(int pidfd);

// Waits until the process has ended, a child or not, at most `timeout_ms`
// (-1: no limit). False when the time is over.
absl::StatusOr<bool> PollForExit(int pidfd, int timeout_ms);

}  // namespace cleat::sys

#endif  // CLEAT_LIB_SYS_PIDFD_H_
