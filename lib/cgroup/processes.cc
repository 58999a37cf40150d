#include "lib/cgroup/processes.h"

#include <signal.h>

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
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

// Freezes the group of a v1 freezer, where this is one, until destruction.
class Freezer {
 public:
  explicit Freezer(const std::string& group)
      : path_(absl::StrCat(group, "/freezer.state")),
        frozen_(sys::WriteExisting(path_, "FROZEN").ok()) {
    if (frozen_) Await();
  }
  ~Freezer() {
    if (frozen_) sys::WriteExisting(path_, "THAWED").IgnoreError();
  }
  Freezer(const Freezer&) = delete;
  Freezer& operator=(const Freezer&) = delete;

 private:
  // A process that sleeps in the kernel freezes when it wakes: it forks no
  // more either, so that it is not waited for without end.
  void Await() const {
    for (int attempt = 0; attempt < 100; ++attempt) {
      if (sys::ReadFile(path_).value_or("FROZEN\n") == "FROZEN\n") return;
      absl::SleepFor(absl::Milliseconds(1));
    }
  }

  std::string path_;
  bool frozen_;
};

absl::Status KillGroup(const std::string& group, int signal) {
  trace::Span span("signal cgroup", group);
  if (signal == SIGKILL) {
    const absl::Status killed =
        sys::WriteExisting(absl::StrCat(group, "/cgroup.kill"), "1");
    if (killed.ok()) return killed;
  }
  // Frozen processes fork no more; the signal waits until they are thawed.
  const Freezer freezer(group);
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
