// container-logs: what a detached container has written, each stream to its
// own.

#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/cli/containers.h"
#include "lib/cli/current_process.h"
#include "lib/cli/tool.h"
#include "lib/log/reader.h"
#include "lib/sys/file.h"
#include "proto/lifecycle.table.h"

namespace cleat {
namespace {

absl::Status Write(const log::Entry& entry) {
  return entry.stream == log::Stream::kStdout
             ? sys::WriteAll(STDOUT_FILENO, entry.text, "standard output")
             : sys::WriteAll(STDERR_FILENO, entry.text, "standard error");
}

absl::Status ContainerLogs(const proto::ContainerLogsOptions& options) {
  CLEAT_ASSIGN_OR_RETURN(
      const journal::Instance instance,
      cli::SelectContainer(pb::ToolOf<proto::ContainerLogsOptions>(),
                           options.id(), options.container(), options.input()));
  CLEAT_ASSIGN_OR_RETURN(const proto::Process process,
                         cli::CurrentProcess(instance));
  if (!process.state().has_log()) {
    return absl::FailedPreconditionError(
        "the container has no log: rootfs-run --detach keeps one");
  }
  if (!options.follow()) return log::Replay(process.state().log(), Write);
  return log::Follow(process.state().log(), Write, [&] {
    const auto now = cli::CurrentProcess(instance);
    return !now.ok() || now->state().status() != "running";
  });
}

}  // namespace

CLEAT_DATA(proto::ContainerLogsOptions, ContainerLogs);

}  // namespace cleat
