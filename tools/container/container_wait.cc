// container-wait: waits for a container's end and returns its exit status.

#include <algorithm>
#include <limits>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/cli/containers.h"
#include "lib/cli/current_process.h"
#include "lib/cli/tool.h"
#include "lib/journal/process.h"
#include "lib/runtime/exit_file.h"
#include "lib/sys/pidfd.h"
#include "proto/lifecycle.table.h"

namespace cleat {
namespace {

int TimeoutMs(const proto::ContainerWaitOptions& options) {
  if (!options.has_timeout_us()) return -1;
  return static_cast<int>(std::min<int64_t>(options.timeout_us() / 1000,
                                            std::numeric_limits<int>::max()));
}

// The holder ends when it has written how the container ended.
absl::Status WaitForHolder(const proto::ProcessState& state, int timeout_ms) {
  const absl::StatusOr<sys::Fd> holder = journal::OpenProcess(state.holder());
  if (absl::IsNotFound(holder.status())) return absl::OkStatus();
  if (!holder.ok()) return holder.status();
  CLEAT_ASSIGN_OR_RETURN(const bool ended,
                         sys::PollForExit(holder->get(), timeout_ms));
  if (ended) return absl::OkStatus();
  return absl::DeadlineExceededError("the container still runs");
}

absl::StatusOr<int> ContainerWait(const proto::ContainerWaitOptions& options) {
  CLEAT_ASSIGN_OR_RETURN(
      const journal::Instance instance,
      cli::SelectContainer(pb::ToolOf<proto::ContainerWaitOptions>(),
                           options.id(), options.container(), options.input()));
  CLEAT_ASSIGN_OR_RETURN(const proto::Process process,
                         cli::CurrentProcess(instance));
  if (!process.state().has_holder()) {
    return absl::FailedPreconditionError(
        "the container was not started with rootfs-run --detach");
  }
  CLEAT_RETURN_IF_ERROR(WaitForHolder(process.state(), TimeoutMs(options)));
  const absl::StatusOr<proto::ProcessState> end =
      runtime::ReadExit(instance.directory());
  if (end.ok()) return end->exit_status();
  if (!absl::IsNotFound(end.status())) return end.status();
  return absl::DataLossError(
      "how the container ended is not known: its holder was killed");
}

}  // namespace

CLEAT_WRAPPER(proto::ContainerWaitOptions, ContainerWait);

}  // namespace cleat
