// container-kill: a signal to a container's first process, or to all.

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/cgroup/processes.h"
#include "lib/cli/current_process.h"
#include "lib/cli/each_container.h"
#include "lib/cli/tool.h"
#include "lib/journal/process.h"
#include "lib/sys/pidfd.h"
#include "lib/sys/signal.h"
#include "proto/cgroup.table.h"
#include "proto/lifecycle.table.h"

namespace cleat {
namespace {

absl::Status NotRunning(const journal::Instance& instance) {
  return absl::FailedPreconditionError(absl::StrCat(
      "container ",
      instance.name().empty() ? instance.id().substr(0, 12) : instance.name(),
      " does not run"));
}

absl::StatusOr<proto::ProcessId> Init(const journal::Instance& instance) {
  CLEAT_ASSIGN_OR_RETURN(const proto::Process process,
                         cli::CurrentProcess(instance));
  if (!cli::IsRunning(process.state())) return NotRunning(instance);
  return process.state().init();
}

absl::Status Kill(const journal::Instance& instance, int signal) {
  CLEAT_ASSIGN_OR_RETURN(const proto::ProcessId init, Init(instance));
  const absl::StatusOr<sys::Fd> process = journal::OpenProcess(init);
  if (absl::IsNotFound(process.status())) return NotRunning(instance);
  if (!process.ok()) return process.status();
  return sys::SendSignal(process->get(), signal);
}

// Every process of the groups that the container has.
absl::Status KillAll(const journal::Instance& instance, int signal) {
  CLEAT_ASSIGN_OR_RETURN(const cli::Document document,
                         cli::CurrentDocument(instance));
  CLEAT_ASSIGN_OR_RETURN(const auto cgroup,
                         document.Get<proto::Cgroup>("cgroup"));
  std::vector<std::string> directories;
  for (const proto::CgroupDirectory& it : cgroup.state().directories()) {
    directories.push_back(it.path());
  }
  if (directories.empty()) {
    return absl::FailedPreconditionError(
        "--all: the container has no cgroup (cgset makes one)");
  }
  return cgroup::Kill(directories, signal);
}

absl::Status ContainerKill(const proto::ContainerKillOptions& options,
                           std::string*) {
  CLEAT_ASSIGN_OR_RETURN(
      const int signal,
      sys::SignalNumber(options.has_signal() ? options.signal() : "KILL"));
  CLEAT_ASSIGN_OR_RETURN(
      const std::vector<cli::NamedContainer> named,
      cli::ResolveContainers(
          pb::ToolOf<proto::ContainerKillOptions>(),
          {options.id(), options.containers(), options.input()}));
  cli::EachResult result;
  for (const cli::NamedContainer& it : named) {
    absl::Status status = it.instance.status();
    if (status.ok()) {
      status = options.all() ? KillAll(*it.instance, signal)
                             : Kill(*it.instance, signal);
    }
    if (!status.ok()) result.Failed(status);
  }
  return std::move(result).ToStatus();
}

}  // namespace

CLEAT_QUERY(proto::ContainerKillOptions, ContainerKill);

}  // namespace cleat
