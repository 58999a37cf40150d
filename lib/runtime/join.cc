#include "lib/runtime/join.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/base/trace.h"
#include "lib/runtime/beneath.h"
#include "lib/runtime/console.h"
#include "lib/runtime/init.h"
#include "lib/runtime/launcher/launcher.h"
#include "lib/runtime/plan.h"
#include "lib/sys/child.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"

namespace cleat::runtime {
namespace {

// All but the PID namespace, which the parent has chosen for its children,
// and the user namespace.
constexpr int kJoined =
    CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWCGROUP;

struct Target {
  int pidfd;
  // The CLONE_NEW* of what is joined.
  int namespaces;
};

void EnterNamespaces(const Target& target, const sys::ChildReport& report) {
  trace::Span span("join namespaces", "");
  report.Check(setns(target.pidfd, target.namespaces),
               "join the container's namespaces");
}

// Joining a mount namespace leads to its root, which is not the container's
// where the container was made in a chroot. From the container's root the
// directory is resolved as everything of it is.
void EnterRoot(int root, const ProcessPlan& plan,
               const sys::ChildReport& report) {
  report.Check(fchdir(root), "enter the container's root");
  report.Check(chroot("."), "enter the container's root");
  const sys::Fd cwd(
      report.Check(OpenBelow(root, plan.cwd.c_str(), O_PATH | O_DIRECTORY),
                   "open working directory", plan.cwd));
  report.Check(fchdir(cwd.get()), "change to working directory", plan.cwd);
}

[[noreturn]] void RunJoined(const Target& target, int root,
                            const ProcessPlan& plan, const InitFds& fds) {
  const sys::ChildReport report(fds.report);
  if (fds.start_other >= 0) close(fds.start_other);
  setsid();
  EnterCgroups(fds, report);
  EnterNamespaces(target, report);
  LeaveKeyring(report);
  EnterRoot(root, plan, report);
  const Console console =
      plan.terminal ? MakeConsole(plan, root, report) : Console();
  RunProgram(plan, fds, console, report);
}

}  // namespace

// Chooses the PID namespace of this process's children, and returns what they
// have to join themselves. A user namespace of the container's gives the rights
// over its others, and takes those over what it shares with the host: so all
// that leave this process its files are joined with it at once. The kernel says
// EINVAL when it is the caller's own.
absl::StatusOr<int> EnterPidNamespace(int pidfd) {
  constexpr int kWithUser =
      CLONE_NEWUSER | CLONE_NEWPID | (kJoined & ~CLONE_NEWNS);
  if (setns(pidfd, kWithUser) == 0) return CLONE_NEWNS;
  if (errno != EINVAL) {
    return sys::ErrnoError("join the container's user namespace");
  }
  if (setns(pidfd, CLONE_NEWPID) == 0) return kJoined;
  return sys::ErrnoError("join the container's PID namespace");
}

absl::StatusOr<sys::Fd> OpenRootOf(pid_t pid) {
  return sys::Open(absl::StrCat("/proc/", pid, "/root"), O_PATH | O_DIRECTORY);
}

absl::StatusOr<Container> Join(int pidfd, const proto::oci::Spec& spec,
                               const Resources& resources) {
  CLEAT_ASSIGN_OR_RETURN(const ProcessPlan plan, MakeProcessPlan(spec));
  if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
    return sys::ErrnoError("hide this process from the container");
  }
  CLEAT_ASSIGN_OR_RETURN(const sys::Fd launcher, OpenLauncher());
  CLEAT_ASSIGN_OR_RETURN(const int left, EnterPidNamespace(pidfd));
  return CloneProcess(0, resources, launcher.get(), [&](const InitFds& fds) {
    RunJoined({pidfd, left}, resources.root.get(), plan, fds);
  });
}

}  // namespace cleat::runtime
