#include "lib/runtime/join.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/base/trace.h"
#include "lib/runtime/beneath.h"
#include "lib/runtime/init.h"
#include "lib/runtime/plan.h"
#include "lib/sys/child.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"

namespace cleat::runtime {
namespace {

// All but the PID namespace, which the parent has chosen for its children,
// and the user namespace, which is the caller's own.
constexpr int kJoined =
    CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWCGROUP;

void EnterNamespaces(int pidfd, const sys::ChildReport& report) {
  trace::Span span("join namespaces", "");
  report.Check(setns(pidfd, kJoined), "join the container's namespaces");
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

[[noreturn]] void RunJoined(int pidfd, int root, const ProcessPlan& plan,
                            const InitFds& fds) {
  const sys::ChildReport report(fds.report);
  if (fds.start_other >= 0) close(fds.start_other);
  setsid();
  EnterCgroups(fds, report);
  EnterNamespaces(pidfd, report);
  LeaveKeyring(report);
  EnterRoot(root, plan, report);
  RunProgram(plan, fds, report);
}

}  // namespace

absl::StatusOr<sys::Fd> OpenRootOf(pid_t pid) {
  return sys::Open(absl::StrCat("/proc/", pid, "/root"), O_PATH | O_DIRECTORY);
}

absl::StatusOr<Container> Join(int pidfd, const proto::oci::Process& process,
                               const Resources& resources) {
  CLEAT_ASSIGN_OR_RETURN(const ProcessPlan plan, MakeProcessPlan(process));
  if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
    return sys::ErrnoError("hide this process from the container");
  }
  if (setns(pidfd, CLONE_NEWPID) != 0) {
    return sys::ErrnoError("join the container's PID namespace");
  }
  return CloneProcess(0, resources, [&](const InitFds& fds) {
    RunJoined(pidfd, resources.root.get(), plan, fds);
  });
}

}  // namespace cleat::runtime
