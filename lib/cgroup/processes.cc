#include "lib/cgroup/processes.h"

#include <signal.h>

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "lib/base/status_macros.h"
#include "lib/base/trace.h"
#include "lib/cgroup/freeze.h"
#include "lib/cgroup/tree.h"
#include "lib/procfs/status.h"
#include "lib/sys/fd.h"
#include "lib/sys/file.h"
#include "lib/sys/pidfd.h"

namespace cleat::cgroup {
namespace {

constexpr absl::Duration kFirstPause = absl::Microseconds(50);
constexpr absl::Duration kLongestPause = absl::Milliseconds(10);

std::vector<pid_t> Numbers(absl::string_view text) {
  std::vector<pid_t> numbers;
  for (const absl::string_view line :
       absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    pid_t number = 0;
    if (absl::SimpleAtoi(line, &number)) numbers.push_back(number);
  }
  return numbers;
}

// A threaded group has threads; their processes may be in a group above.
absl::Status AppendOwners(const std::string& group, std::vector<pid_t>& pids) {
  CLEAT_ASSIGN_OR_RETURN(const std::string text,
                         sys::ReadFile(absl::StrCat(group, "/cgroup.threads")));
  for (const pid_t thread : Numbers(text)) {
    const auto status = procfs::ReadStatus("/proc", absl::StrCat(thread));
    if (status.ok()) pids.push_back(status->tgid);
  }
  return absl::OkStatus();
}

absl::Status AppendProcesses(const std::string& group,
                             std::vector<pid_t>& pids) {
  const absl::StatusOr<std::string> text =
      sys::ReadFile(absl::StrCat(group, "/cgroup.procs"));
  if (absl::IsNotFound(text.status())) return absl::OkStatus();
  // EOPNOTSUPP
  if (absl::IsUnimplemented(text.status())) return AppendOwners(group, pids);
  if (!text.ok()) return text.status();
  const std::vector<pid_t> listed = Numbers(*text);
  pids.insert(pids.end(), listed.begin(), listed.end());
  return absl::OkStatus();
}

// Those of all groups, each once.
absl::StatusOr<std::set<pid_t>> Members(
    const std::vector<std::string>& groups) {
  std::set<pid_t> members;
  for (const std::string& group : groups) {
    CLEAT_ASSIGN_OR_RETURN(const std::vector<pid_t> pids, Processes(group));
    members.insert(pids.begin(), pids.end());
  }
  return members;
}

// A pidfd may be of a later process of the same number. It is not if the
// group still lists the number after it was opened.
absl::Status SignalAll(const std::vector<std::string>& groups, int signal) {
  CLEAT_ASSIGN_OR_RETURN(const std::set<pid_t> listed, Members(groups));
  std::vector<std::pair<pid_t, sys::Fd>> opened;
  for (const pid_t pid : listed) {
    absl::StatusOr<sys::Fd> pidfd = sys::OpenPidfd(pid);
    if (pidfd.ok()) opened.emplace_back(pid, *std::move(pidfd));
  }
  CLEAT_ASSIGN_OR_RETURN(const std::set<pid_t> still, Members(groups));
  for (const auto& [pid, pidfd] : opened) {
    if (still.count(pid) == 0) continue;
    const absl::Status sent = sys::SendSignal(pidfd.get(), signal);
    if (!sent.ok() && !absl::IsNotFound(sent)) return sent;
  }
  return absl::OkStatus();
}

// Freezes the first of the groups that can be, until destruction. A process
// that sleeps in the kernel freezes when it wakes: it forks no more either, so
// that it is not waited for without end.
class Freezer {
 public:
  explicit Freezer(const std::vector<std::string>& groups) {
    const std::vector<std::string> able = FreezableGroups(groups);
    if (able.empty()) return;
    group_ = able.front();
    frozen_ = BeginFreeze(group_, absl::Milliseconds(100)).ok();
  }
  ~Freezer() {
    if (frozen_) Thaw(group_, absl::ZeroDuration()).IgnoreError();
  }
  Freezer(const Freezer&) = delete;
  Freezer& operator=(const Freezer&) = delete;

  bool frozen() const { return frozen_; }

 private:
  std::string group_;
  bool frozen_ = false;
};

bool KillWhole(const std::string& group) {
  return sys::WriteExisting(absl::StrCat(group, "/cgroup.kill"), "1").ok();
}

// Whether an unseen process is in the group; all are seen then.
absl::StatusOr<bool> SeeNew(const std::string& group, std::set<pid_t>* seen) {
  CLEAT_ASSIGN_OR_RETURN(const std::vector<pid_t> pids, Processes(group));
  bool has_new = false;
  for (const pid_t pid : pids) has_new |= seen->insert(pid).second;
  return has_new;
}

// Stops all, so that none forks any more: once a look finds nobody who was not
// told before it. Who is stopped still counts for a limit of pids, so that a
// fork bomb comes to its end.
absl::Status StopAll(const std::string& group) {
  std::set<pid_t> seen;
  while (true) {
    CLEAT_ASSIGN_OR_RETURN(const bool has_new, SeeNew(group, &seen));
    if (!has_new) return absl::OkStatus();
    CLEAT_RETURN_IF_ERROR(SignalAll({group}, SIGSTOP));
  }
}

absl::Status KillGroup(const std::string& group) {
  trace::Span span("kill cgroup", group);
  if (KillWhole(group)) return absl::OkStatus();
  // Frozen processes fork no more; v1's get the signal when they are thawed.
  const Freezer freezer({group});
  return SignalAll({group}, SIGKILL);
}

// As KillGroup, and none is left to fork.
absl::Status KillGroupForGood(const std::string& group) {
  trace::Span span("kill cgroup", group);
  if (KillWhole(group)) return absl::OkStatus();
  const Freezer freezer({group});
  if (!freezer.frozen()) CLEAT_RETURN_IF_ERROR(StopAll(group));
  return SignalAll({group}, SIGKILL);
}

absl::Status Left(const std::string& group, const std::set<pid_t>& pids) {
  return absl::DeadlineExceededError(
      absl::StrCat("kill cgroup ", group, ": in it are still processes ",
                   absl::StrJoin(pids, ", ")));
}

// The last ones first: those kill or freeze as a whole. Whom v1's freezer
// holds dies of none of the others.
absl::Status KillEach(const std::vector<std::string>& directories) {
  for (auto it = directories.rbegin(); it != directories.rend(); ++it) {
    CLEAT_ASSIGN_OR_RETURN(const std::vector<pid_t> pids, Processes(*it));
    if (!pids.empty()) CLEAT_RETURN_IF_ERROR(KillGroupForGood(*it));
  }
  return absl::OkStatus();
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
  if (signal != SIGKILL) {
    trace::Span span("signal cgroup",
                     directories.empty() ? "" : directories[0]);
    const Freezer freezer(directories);
    return SignalAll(directories, signal);
  }
  for (const std::string& group : directories) {
    CLEAT_RETURN_IF_ERROR(KillGroup(group));
  }
  return absl::OkStatus();
}

absl::Status KillAll(const std::vector<std::string>& directories,
                     absl::Duration timeout) {
  const absl::Time deadline = absl::Now() + timeout;
  absl::Duration pause = kFirstPause;
  while (true) {
    CLEAT_ASSIGN_OR_RETURN(const std::set<pid_t> pids, Members(directories));
    if (pids.empty()) return absl::OkStatus();
    if (absl::Now() > deadline) return Left(directories.front(), pids);
    CLEAT_RETURN_IF_ERROR(KillEach(directories));
    absl::SleepFor(pause);
    pause = std::min(2 * pause, kLongestPause);
  }
}

}  // namespace cleat::cgroup
