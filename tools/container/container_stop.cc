// container-stop: asks containers to end, and ends those that do not.

#include <signal.h>

#include "lib/base/status_macros.h"
#include "lib/cgroup/freeze.h"
#include "lib/cli/current_process.h"
#include "lib/cli/each_container.h"
#include "lib/cli/tool.h"
#include "lib/journal/process.h"
#include "lib/runtime/stop.h"
#include "lib/sys/signal.h"
#include "proto/cgroup.table.h"
#include "proto/container_tools.table.h"
#include "proto/image.table.h"
#include "proto/process.table.h"

namespace cleat {
namespace {

using Options = proto::ContainerStopOptions;

constexpr int64_t kGraceUs = 10000000;

// What was asked for, the container's own, the image's, TERM.
absl::StatusOr<int> StopSignal(const Options& options,
                               const cli::Document& document,
                               const proto::ProcessSpec& process) {
  CLEAT_ASSIGN_OR_RETURN(const auto image, document.Get<proto::Image>("image"));
  for (const std::string& name : {options.signal(), process.stop_signal()}) {
    if (!name.empty()) return sys::SignalNumber(name);
  }
  // What an image says is no signal keeps nobody from stopping it (as Docker).
  return sys::SignalNumber(image.state().config().stop_signal())
      .value_or(SIGTERM);
}

absl::StatusOr<std::string> FrozenGroup(const cli::Document& document) {
  CLEAT_ASSIGN_OR_RETURN(const auto cgroup,
                         document.Get<proto::Cgroup>("cgroup"));
  return cgroup::FreezableGroup(cgroup.state());
}

// kNotFound when there is nothing to stop.
absl::StatusOr<runtime::Stoppable> Find(const Options& options,
                                        const journal::Instance& instance) {
  CLEAT_ASSIGN_OR_RETURN(const cli::Document document,
                         cli::CurrentDocument(instance));
  CLEAT_ASSIGN_OR_RETURN(const auto process,
                         document.Get<proto::Process>("process"));
  if (!cli::IsRunning(process.state())) return absl::NotFoundError("");
  runtime::Stoppable container;
  container.pid = process.state().init().pid();
  CLEAT_ASSIGN_OR_RETURN(container.pidfd,
                         journal::OpenProcess(process.state().init()));
  CLEAT_ASSIGN_OR_RETURN(container.signal,
                         StopSignal(options, document, process.spec()));
  absl::StatusOr<sys::Fd> holder =
      journal::OpenProcess(process.state().holder());
  if (holder.ok()) container.holder = *std::move(holder);
  if (process.state().status() == "paused") {
    CLEAT_ASSIGN_OR_RETURN(container.frozen_group, FrozenGroup(document));
  }
  return container;
}

// One that does not run is stopped already: success, as for docker stop.
absl::Status ContainerStop(const Options& options) {
  if (options.has_signal()) {
    CLEAT_RETURN_IF_ERROR(sys::SignalNumber(options.signal()).status());
  }
  CLEAT_ASSIGN_OR_RETURN(
      const std::vector<cli::NamedContainer> named,
      cli::ResolveContainers(
          pb::ToolOf<Options>(),
          {options.id(), options.containers(), options.input()}));
  std::vector<runtime::Stoppable> containers;
  std::vector<std::string> references;
  cli::EachResult result;
  for (const cli::NamedContainer& it : named) {
    if (!it.instance.ok()) {
      result.Failed(it.instance.status());
      continue;
    }
    absl::StatusOr<runtime::Stoppable> found = Find(options, *it.instance);
    if (found.ok()) {
      containers.push_back(*std::move(found));
      references.push_back(it.reference);
    } else {
      result.Add(it.reference, absl::IsNotFound(found.status())
                                   ? absl::OkStatus()
                                   : found.status());
    }
  }
  const std::vector<absl::Status> stopped = runtime::Stop(
      containers, options.has_time_us() ? options.time_us() : kGraceUs);
  for (size_t i = 0; i < stopped.size(); ++i) {
    result.Add(references[i], stopped[i]);
  }
  return std::move(result).ToStatus();
}

}  // namespace

CLEAT_DATA(proto::ContainerStopOptions, ContainerStop);

}  // namespace cleat
