#include "lib/hostcheck/trial.h"

#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/status_macros.h"
#include "lib/ns/rootless.h"
#include "lib/ns/unshare.h"
#include "lib/sys/child.h"
#include "lib/sys/clone.h"
#include "lib/sys/errno.h"

namespace cleat::hostcheck {
namespace {

absl::Status MakePrivate() {
  if (mount("", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0) {
    return absl::OkStatus();
  }
  return sys::ErrnoError("make mounts private");
}

absl::Status EnterNamespaces(uint64_t flags) {
  CLEAT_ASSIGN_OR_RETURN(const ns::OwnMaps own, ns::FindOwnMaps());
  CLEAT_RETURN_IF_ERROR(ns::BecomeRoot(own.maps));
  CLEAT_RETURN_IF_ERROR(ns::Unshare(flags));
  return (flags & CLONE_NEWNS) != 0 ? MakePrivate() : absl::OkStatus();
}

}  // namespace

absl::Status InChild(absl::FunctionRef<absl::Status()> trial) {
  CLEAT_ASSIGN_OR_RETURN(sys::ReportPipe pipe, sys::MakeReportPipe());
  CLEAT_ASSIGN_OR_RETURN(const sys::ChildProcess child, sys::Clone({}, [&] {
                           const sys::ChildReport report(pipe.child.get());
                           const absl::Status status = trial();
                           if (!status.ok()) {
                             report.Refuse("", "", status.message());
                           }
                           report.Ready();
                           _exit(0);
                         }));
  pipe.child.Reset();
  const absl::StatusOr<sys::ChildStage> stage =
      sys::AwaitChild(pipe.parent.get());
  sys::RetryOnEintr([&] { return waitpid(child.pid, nullptr, 0); });
  if (!stage.ok()) {
    absl::string_view said = stage.status().message();
    // ": reason", for there is no step.
    return absl::FailedPreconditionError(said.substr(said.find(": ") + 2));
  }
  if (*stage == sys::ChildStage::kReady) return absl::OkStatus();
  return absl::AbortedError("the trial was killed (by a system call filter?)");
}

absl::Status InNamespaces(uint64_t flags,
                          absl::FunctionRef<absl::Status()> trial) {
  return InChild([&]() -> absl::Status {
    CLEAT_RETURN_IF_ERROR(EnterNamespaces(flags));
    return (flags & CLONE_NEWPID) != 0 ? InChild(trial) : trial();
  });
}

}  // namespace cleat::hostcheck
