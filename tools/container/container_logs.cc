// container-logs: what a detached container has written, each stream to its
// own.

#include <unistd.h>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "lib/base/status_macros.h"
#include "lib/cli/containers.h"
#include "lib/cli/current_process.h"
#include "lib/cli/tool.h"
#include "lib/journal/process.h"
#include "lib/log/reader.h"
#include "lib/log/when.h"
#include "lib/sys/file.h"
#include "proto/container_tools.table.h"

namespace cleat {
namespace {

using Options = proto::ContainerLogsOptions;

absl::Status Print(const log::Entry& entry, bool timestamps) {
  const std::string text =
      timestamps
          ? absl::StrCat(log::FormatTimestamp(entry.time), " ", entry.text)
          : entry.text;
  return entry.stream == log::Stream::kStdout
             ? sys::WriteAll(STDOUT_FILENO, text, "standard output")
             : sys::WriteAll(STDERR_FILENO, text, "standard error");
}

// "all", or how many; as docker logs, "all" for less than none, too.
absl::StatusOr<int64_t> Tail(const Options& options) {
  int64_t count;
  if (!options.has_tail() || options.tail() == "all") return -1;
  if (absl::SimpleAtoi(options.tail(), &count)) return count;
  return absl::InvalidArgumentError(
      absl::StrCat("--tail: '", options.tail(), "' is no number, nor 'all'"));
}

absl::Status SetTime(const char* flag, const std::string& text,
                     absl::Time* time) {
  if (text.empty()) return absl::OkStatus();
  const absl::StatusOr<absl::Time> when = log::ParseWhen(text, absl::Now());
  if (!when.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat(flag, ": ", when.status().message()));
  }
  *time = *when;
  return absl::OkStatus();
}

absl::StatusOr<log::Selection> Select(const Options& options) {
  log::Selection selection;
  CLEAT_ASSIGN_OR_RETURN(selection.tail, Tail(options));
  CLEAT_RETURN_IF_ERROR(SetTime("--since", options.since(), &selection.since));
  CLEAT_RETURN_IF_ERROR(SetTime("--until", options.until(), &selection.until));
  return selection;
}

absl::Status ContainerLogs(const Options& options) {
  CLEAT_ASSIGN_OR_RETURN(const log::Selection selection, Select(options));
  CLEAT_ASSIGN_OR_RETURN(
      const journal::Instance instance,
      cli::SelectContainer(pb::ToolOf<Options>(), options.id(),
                           options.container(), options.input()));
  CLEAT_ASSIGN_OR_RETURN(const proto::Process process,
                         cli::CurrentProcess(instance));
  if (!process.state().has_log()) {
    return absl::FailedPreconditionError(
        "the container has no log: rootfs-run --detach keeps one, unless "
        "--log-driver=none says otherwise");
  }
  const std::string& path = process.state().log();
  const auto print = [&](const log::Entry& entry) {
    return Print(entry, options.timestamps());
  };
  const absl::StatusOr<sys::Fd> holder =
      journal::OpenProcess(process.state().holder());
  if (!options.follow() || absl::IsNotFound(holder.status())) {
    return log::Replay(path, selection, print);
  }
  if (!holder.ok()) return holder.status();
  return log::Follow(path, selection, holder->get(), print);
}

}  // namespace

CLEAT_DATA(proto::ContainerLogsOptions, ContainerLogs);

}  // namespace cleat
