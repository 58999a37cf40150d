#include "lib/runtime/container.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>

#include <algorithm>

#include "lib/base/status_macros.h"
#include "lib/base/trace.h"
#include "lib/ns/write_id_maps.h"
#include "lib/procfs/cgroup.h"
#include "lib/procfs/mountinfo.h"
#include "lib/runtime/binds.h"
#include "lib/runtime/cgroup_view.h"
#include "lib/runtime/init.h"
#include "lib/runtime/launcher/launcher.h"
#include "lib/runtime/namespaces.h"
#include "lib/runtime/plan.h"
#include "lib/sys/child.h"
#include "lib/sys/clone.h"
#include "lib/sys/errno.h"
#include "lib/sys/interrupt.h"
#include "lib/sys/pass_fd.h"
#include "lib/sys/pidfd.h"

namespace cleat::runtime {
namespace {

// What a process that waits for a word is told; nothing is said by its text.
constexpr char kWord[] = "go";

InitFds MakeFds(const Resources& resources, const sys::ReportPipe& report,
                const sys::SocketPair& start) {
  InitFds fds;
  fds.root = resources.root.get();
  fds.report = report.child.get();
  fds.start = start.child.get();
  fds.start_other = start.parent.get();
  fds.console = resources.console;
  fds.cgroup_tasks = resources.cgroup_tasks;
  fds.groups_follow = resources.meanwhile != nullptr;
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
  CLEAT_ASSIGN_OR_RETURN(sys::SocketPair start, sys::MakeSocketPair());
  InitFds fds = MakeFds(resources, report, start);
  fds.launcher = launcher;
  CLEAT_ASSIGN_OR_RETURN(
      sys::ChildProcess process,
      sys::Clone({namespaces, resources.cgroup}, [&] { child(fds); }));
  Container container;
  container.pid_ = process.pid;
  container.pidfd_ = std::move(process.pidfd);
  container.report_ = std::move(report.parent);
  container.start_ = std::move(start.parent);
  container.among_others_ = (namespaces & CLONE_NEWPID) == 0;
  return container;
}

absl::StatusOr<Container> Create(const proto::oci::Spec& spec,
                                 Resources resources) {
  CLEAT_ASSIGN_OR_RETURN(const auto cgroups, procfs::ReadCgroup());
  CLEAT_ASSIGN_OR_RETURN(Plan plan, MakePlan(spec, cgroups, resources.groups));
  if (!plan.cgroup_namespace) {
    CLEAT_ASSIGN_OR_RETURN(const auto mounts, procfs::ReadMountinfo());
    BindHostsGroups(cgroups, mounts, &plan);
  }
  CLEAT_ASSIGN_OR_RETURN(const std::vector<sys::Fd> binds, OpenBinds(&plan));
  CLEAT_ASSIGN_OR_RETURN(const std::vector<sys::Fd> joined,
                         OpenNamespaces(&plan));
  CLEAT_ASSIGN_OR_RETURN(const auto children,
                         PidNamespaceForChildren::Enter(plan));
  sys::Fd launcher;
  if (resources.init) {
    CLEAT_ASSIGN_OR_RETURN(launcher, OpenLauncher());
  }
  const auto clone = [&] {
    trace::Span span("clone container", spec.hostname());
    return CloneProcess(plan.namespaces, resources, launcher.get(),
                        [&](const InitFds& fds) { RunInit(plan, fds); });
  };
  CLEAT_ASSIGN_OR_RETURN(Container container, clone());
  absl::Status helped = container.HandOver(resources);
  if (helped.ok() && plan.Makes(CLONE_NEWUSER)) {
    helped = ns::WriteIdMaps(container.pid(), plan.id_maps);
    if (helped.ok()) helped = container.SayMapped();
  }
  if (helped.ok()) return container;
  container.Delete().IgnoreError();
  return helped;
}

absl::Status Container::HandOver(const Resources& resources) {
  if (resources.meanwhile == nullptr) return absl::OkStatus();
  CLEAT_ASSIGN_OR_RETURN(const std::vector<sys::Fd> tasks,
                         resources.meanwhile());
  std::vector<int> fds;
  fds.reserve(tasks.size());
  for (const sys::Fd& fd : tasks) fds.push_back(fd.get());
  // A process that has failed meanwhile says why when it is started.
  if (sys::SendFds(start_.get(), fds, kWord) == 0 || errno == EPIPE) {
    return absl::OkStatus();
  }
  return sys::ErrnoError("hand the cgroups over to the container");
}

absl::Status Container::SayMapped() {
  if (sys::SendFds(start_.get(), {}, kWord) == 0) return absl::OkStatus();
  return sys::ErrnoError("tell the container that its ids are mapped");
}

absl::Status Container::AwaitAmongOthers() {
  const absl::Status interrupted = sys::AwaitReadable(report_.get());
  if (!interrupted.ok()) Delete().IgnoreError();
  return interrupted;
}

// A setup that failed has ended the child: it is reaped, so that nothing of
// it is left when the caller hears of it.
absl::Status Container::Await(bool executed) {
  if (among_others_) CLEAT_RETURN_IF_ERROR(AwaitAmongOthers());
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
// for this process to be scheduled. The socket stays open until the exec: its
// end would say that this process has died.
absl::Status Container::Start() {
  const int ignored = sys::SendFds(start_.get(), {}, kWord);
  static_cast<void>(ignored);
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
