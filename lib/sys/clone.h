#ifndef CLEAT_LIB_SYS_CLONE_H_
#define CLEAT_LIB_SYS_CLONE_H_

#include <sys/types.h>

#include <cstdint>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "lib/sys/fd.h"

namespace cleat::sys {

struct CloneOptions {
  // CLONE_NEW* flags.
  uint64_t namespaces = 0;
  // A cgroup v2 directory that the child starts in; -1: the parent's.
  int cgroup = -1;
};

struct ChildProcess {
  pid_t pid = -1;
  Fd pidfd;
};

// Runs `child` in a new process: as fork(2) does, with a copy of this memory,
// and with a pidfd. `child` must end in exec or _exit; a child that returns
// ends with status 125. It must not allocate (clone3(2) knows nothing of
// locks that other threads hold).
absl::StatusOr<ChildProcess> Clone(const CloneOptions& options,
                                   absl::FunctionRef<void()> child);

}  // namespace cleat::sys

#endif  // CLEAT_LIB_SYS_CLONE_H_
