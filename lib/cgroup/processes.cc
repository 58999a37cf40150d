#include "lib/cgroup/processes.h"

#include <signal.h>

#include <algorithm>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "lib/base/status_macros.h"
#include "lib/base/trace.h"
#include "lib/cgroup/tree.h"
#include "lib/sys/fd.h"
#include "lib/sys/file.h"
#include "lib/sys/pidfd.h"

namespace cleat::cgroup {
namespace {

absl::Status AppendProcesses(const std::string& group,
                             std::vector<pid_t>& pids) {
  const absl::StatusOr<std::string> text =
      sys::ReadFile(absl::StrCat(group, "/cgroup.procs"));
  if (absl::IsNotFound(text.status())) return absl::OkStatus();
  if (!text.ok()) return text.status();
  for (const absl::string_view line :
       absl::StrSplit(*text, '\n', absl::SkipEmpty())) {
    pid_t pid = 0;
    if (absl::SimpleAtoi(line, &pid)) pids.push_back(pid);
  }
  return absl::OkStatus();
}

// A pidfd may be of a later process of the same number. It is not if the
// group still lists the number after it was opened.
absl::Status SignalAll(const std::string& group, int signal) {
  CLEAT_ASSIGN_OR_RETURN(const std::vector<pid_t> listed, Processes(group));
  std::vector<std::pair<pid_t, sys::Fd>> opened;
  for (const pid_t pid : listed) {
    absl::StatusOr<sys::Fd> pidfd = sys::OpenPidfd(pid);
    if (pidfd.ok()) opened.emplace_back(pid, *std::move(pidfd));
  }
  CLEAT_ASSIGN_OR_RETURN(const std::vector<pid_t> still, Processes(group));
  for (const auto& [pid, pidfd] : opened) {
    if (std::find(still.begin(), still.end(), pid) == still.end()) continue;
    const absl::Status sent = sys::SendSignal(pidfd.get(), signal);
    if (!sent.ok() && !absl::IsNotFound(sent)) return sent;
  }
  return absl::OkStatus();
}

absl::Status KillGroup(const std::string& group, int signal) {
  trace::Span span("signal cgroup", group);
  if (signal == SIGKILL) {
    const absl::Status killed =
        sys::WriteExisting(absl::StrCat(group, "/cgroup.kill"), "1");
    if (killed.ok()) return killed;
  }
  // Frozen processes fork no more; the signal waits until they are thawed.
  const std::string freezer = absl::StrCat(group, "/freezer.state");
  const bool frozen = sys::WriteExisting(freezer, "FROZEN").ok();
  const absl::Cleanup thaw = [&] {
    if (frozen) sys::WriteExisting(freezer, "THAWED").IgnoreError();
  };
  return SignalAll(group, signal);
}

}  // namespace

absl::StatusOr<std::vector<pid_t>> Processes(const std::string& directory) {
  CLEAT_ASSIGN_OR_RETURN(const std::vector<std::string> groups,
                         GroupsBottomUp(directory));
  std::vector<pid_t> pids;
  for (const std::string& group : groups) {
    CLEAT_RETURN_IF_ERROR(AppendProcesses(group, pids));
  }
  return pids;
}

absl::Status Kill(const std::vector<std::string>& directories, int signal) {
  for (const std::string& group : directories) {
    CLEAT_RETURN_IF_ERROR(KillGroup(group, signal));
  }
  return absl::OkStatus();
}

}  // namespace cleat::cgroup
