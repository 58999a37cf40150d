#include "lib/sys/clone.h"

#include <errno.h>
#include <linux/sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/sys/errno.h"

namespace cleat::sys {
namespace {

// For filters like Docker's, which look into the flags of clone(2) and cannot
// into those of clone3(2), so that they deny there is such a call.
long CloneAsBefore(uint64_t flags, int* pidfd) {
  return syscall(SYS_clone, flags | SIGCHLD, nullptr, pidfd, nullptr, nullptr);
}

}  // namespace

absl::StatusOr<ChildProcess> Clone(const CloneOptions& options,
                                   absl::FunctionRef<void()> child) {
  int pidfd = -1;
  struct clone_args args = {};
  args.flags = options.namespaces | CLONE_PIDFD;
  args.pidfd = reinterpret_cast<uint64_t>(&pidfd);
  args.exit_signal = SIGCHLD;
  if (options.cgroup >= 0) {
    args.flags |= CLONE_INTO_CGROUP;
    args.cgroup = static_cast<uint64_t>(options.cgroup);
  }
  long pid = syscall(SYS_clone3, &args, sizeof(args));
  if (pid < 0 && errno == ENOSYS && options.cgroup < 0) {
    pid = CloneAsBefore(args.flags, &pidfd);
  }
  if (pid < 0) return ErrnoError("clone");
  if (pid == 0) {
    child();
    _exit(125);
  }
  return ChildProcess{static_cast<pid_t>(pid), Fd(pidfd)};
}

}  // namespace cleat::sys
