#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <linux/openat2.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cstring>

#include "absl/strings/str_cat.h"
#include "lib/hostcheck/probes.h"
#include "lib/hostcheck/trial.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"
#include "lib/sys/nsfs.h"
#include "lib/sys/pidfd.h"

namespace cleat::hostcheck {
namespace {

constexpr char kFilterCure[] =
    "a newer kernel, or a system call filter around this that lets it pass "
    "(--security-opt seccomp=unconfined)";

}  // namespace

Finding ProbeKernel(const Host&) {
  struct utsname name;
  int major = 0;
  int minor = 0;
  if (uname(&name) != 0 || sscanf(name.release, "%d.%d", &major, &minor) != 2) {
    return Fails("uname says nothing", "");
  }
  if (major > 5 || (major == 5 && minor >= 10)) return Works(name.release);
  return Fails(name.release, "Linux 5.10 or newer");
}

Finding ProbePidfd(const Host&) {
  return FindingOf(sys::OpenPidfd(getpid()).status(), kFilterCure);
}

Finding ProbeOpenat2(const Host&) {
  return FindingOf(
      sys::OpenResolved(AT_FDCWD, ".", O_PATH, RESOLVE_NO_MAGICLINKS).status(),
      kFilterCure);
}

// A cgroup that is no descriptor: EBADF from a kernel that knows the flag.
Finding ProbeClone3(const Host&) {
  struct clone_args args = {};
  args.flags = CLONE_INTO_CGROUP;
  args.exit_signal = SIGCHLD;
  args.cgroup = INT32_MAX;
  const long result = syscall(SYS_clone3, &args, sizeof(args));
  if (result == 0) _exit(0);
  if (errno == EBADF) return Works("with CLONE_INTO_CGROUP");
  return Fails(strerror(errno), kFilterCure);
}

Finding ProbeNsfs(const Host&) {
  const auto self = sys::Open("/proc/self/ns/uts", O_RDONLY);
  if (!self.ok()) return FindingOf(self.status());
  return FindingOf(sys::NamespaceType(self->get()).status());
}

Finding ProbeSeccomp(const Host&) {
  const uint32_t action = SECCOMP_RET_ERRNO;
  if (syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0) {
    return Works();
  }
  return Fails(strerror(errno), "a kernel with CONFIG_SECCOMP_FILTER");
}

Finding ProbeKeyring(const Host&) {
  const absl::Status status = InChild([]() -> absl::Status {
    if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, nullptr) >= 0) {
      return absl::OkStatus();
    }
    return sys::ErrnoError("join a new session keyring");
  });
  return FindingOf(status, kFilterCure);
}

}  // namespace cleat::hostcheck
