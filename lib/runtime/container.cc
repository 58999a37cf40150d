#include "lib/runtime/container.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>

#include "lib/base/status_macros.h"
#include "lib/base/trace.h"
#include "lib/ns/write_id_maps.h"
#include "lib/procfs/cgroup.h"
#include "lib/runtime/binds.h"
#include "lib/runtime/init.h"
#include "lib/runtime/launcher/launcher.h"
#include "lib/runtime/namespaces.h"
#include "lib/runtime/plan.h"
#include "lib/sys/child.h"
#include "lib/sys/clone.h"
#include "lib/sys/errno.h"
#include "lib/sys/pidfd.h"

namespace cleat::runtime {
namespace {

struct StartPipe {
  sys::Fd read;
  sys::Fd write;
};

absl::StatusOr<StartPipe> MakeStartPipe() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return sys::ErrnoError("make pipe");
  return StartPipe{sys::Fd(ends[0]), sys::Fd(ends[1])};
}

InitFds MakeFds(const Resources& resources, const sys::ReportPipe& report,
                const StartPipe& start) {
  InitFds fds;
  fds.root = resources.root.get();
  fds.report = report.child.get();
  fds.start = start.read.get();
  fds.start_other = start.write.get();
  fds.console = resources.console;
  fds.cgroup_tasks = resources.cgroup_tasks;
  std::copy(resources.standard, resources.standard + 3, fds.process.standard);
  fds.process.preserved = resources.preserved;
  std::sort(fds.process.preserved.begin(), fds.process.preserved.end());
  fds.mode = resources.init ? LaunchMode::kInit : LaunchMode::kExec;
  fds.die_with_parent = resources.die_with_parent;
  return fds;
}

}  // namespace

absl::StatusOr<Container> CloneProcess(
    uint64_t namespaces, const Resources& resources, int launcher,
    absl::FunctionRef<void(const InitFds&)> child) {
  CLEAT_ASSIGN_OR_RETURN(sys::ReportPipe report, sys::MakeReportPipe());
  CLEAT_ASSIGN_OR_RETURN(StartPipe start, MakeStartPipe());
  InitFds fds = MakeFds(resources, report, start);
  fds.launcher = launcher;
  CLEAT_ASSIGN_OR_RETURN(
      sys::ChildProcess process,
      sys::Clone({namespaces, resources.cgroup}, [&] { child(fds); }));
  Container container;
  container.pid_ = process.pid;
  container.pidfd_ = std::move(process.pidfd);
  container.report_ = std::move(report.parent);
  container.start_ = std::move(start.write);
  return container;
}

absl::StatusOr<Container> Create(const proto::oci::Spec& spec,
                                 Resources resources) {
  CLEAT_ASSIGN_OR_RETURN(const auto cgroups, procfs::ReadCgroup());
  CLEAT_ASSIGN_OR_RETURN(Plan plan, MakePlan(spec, cgroups));
  CLEAT_ASSIGN_OR_RETURN(const std::vector<sys::Fd> binds, OpenBinds(&plan));
  CLEAT_ASSIGN_OR_RETURN(const std::vector<sys::Fd> joined,
                         OpenNamespaces(&plan));
  CLEAT_ASSIGN_OR_RETURN(const auto children,
                         PidNamespaceForChildren::Enter(plan));
  sys::Fd launcher;
  if (resources.init) {
    CLEAT_ASSIGN_OR_RETURN(launcher, OpenLauncher());
  }
  trace::Span span("clone container", spec.hostname());
  CLEAT_ASSIGN_OR_RETURN(
      Container container,
      CloneProcess(plan.namespaces, resources, launcher.get(),
                   [&](const InitFds& fds) { RunInit(plan, fds); }));
  if (!plan.Makes(CLONE_NEWUSER)) return container;
  absl::Status mapped = ns::WriteIdMaps(container.pid(), plan.id_maps);
  if (mapped.ok()) mapped = container.SayMapped();
  if (mapped.ok()) return container;
  container.Delete().IgnoreError();
  return mapped;
}

absl::Status Container::SayMapped() {
  const char mapped = 1;
  if (write(start_.get(), &mapped, 1) == 1) return absl::OkStatus();
  return sys::ErrnoError("tell the container that its ids are mapped");
}

// A setup that failed has ended the child: it is reaped, so that nothing of
// it is left when the caller hears of it.
absl::Status Container::Await(bool executed) {
  absl::StatusOr<sys::ChildStage> stage = sys::AwaitChild(report_.get());
  if (!stage.ok()) {
    Wait().status().IgnoreError();
    return stage.status();
  }
  if (executed || *stage == sys::ChildStage::kReady) return absl::OkStatus();
  CLEAT_ASSIGN_OR_RETURN(const int status, Wait());
  return absl::AbortedError(absl::StrCat(
      "set up the container: its process ended with status ", status));
}

absl::Status Container::AwaitCreated() {
  if (created_) return absl::OkStatus();
  CLEAT_RETURN_IF_ERROR(Await(/*executed=*/false));
  created_ = true;
  return absl::OkStatus();
}

// The word is given first, so that a child that is soon ready need not wait
// for this process to be scheduled. The pipe stays open until the exec: its
// end would say that this process has died.
absl::Status Container::Start() {
  const char go = 1;
  struct sigaction ignore = {}, old = {};
  ignore.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &ignore, &old);
  const ssize_t ignored = write(start_.get(), &go, 1);
  static_cast<void>(ignored);
  sigaction(SIGPIPE, &old, nullptr);
  CLEAT_RETURN_IF_ERROR(AwaitCreated());
  CLEAT_RETURN_IF_ERROR(Await(/*executed=*/true));
  start_.Reset();
  report_.Reset();
  return absl::OkStatus();
}

absl::Status Container::Kill(int signal) const {
  trace::Span span("send signal to container", "");
  return sys::SendSignal(pidfd_.get(), signal);
}

absl::StatusOr<int> Container::Wait() {
  CLEAT_ASSIGN_OR_RETURN(const int status, sys::WaitForExit(pidfd_.get()));
  reaped_ = true;
  return status;
}

absl::Status Container::Delete() {
  if (reaped_) return absl::OkStatus();
  const absl::Status killed = Kill(SIGKILL);
  if (!killed.ok() && !absl::IsNotFound(killed)) return killed;
  return Wait().status();
}

}  // namespace cleat::runtime
