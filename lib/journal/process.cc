#include "lib/journal/process.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <limits>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/procfs/stat.h"
#include "lib/procfs/status.h"
#include "lib/sys/pidfd.h"

namespace cleat::journal {
namespace {

constexpr int kKillWaitMs = 10000;

// The kernel drops a signal that the first process of a pid namespace neither
// catches nor waits for with it blocked: no need to wait for its effect.
bool HeedsTerm(int pid) {
  const absl::StatusOr<procfs::ProcessStatus> status =
      procfs::ReadStatus("/proc", absl::StrCat(pid));
  if (!status.ok() || status->namespace_pids.empty() ||
      status->namespace_pids.back() != 1) {
    return true;
  }
  const uint64_t term = uint64_t{1} << (SIGTERM - 1);
  return ((status->signals.caught | status->signals.blocked) & term) != 0;
}

// A process that has ended meanwhile needs no signal.
absl::Status Signal(const sys::Fd& process, int signal) {
  const absl::Status sent = sys::SendSignal(process.get(), signal);
  return absl::IsNotFound(sent) ? absl::OkStatus() : sent;
}

}  // namespace

absl::StatusOr<proto::ProcessId> IdentifyProcess(int pid) {
  CLEAT_ASSIGN_OR_RETURN(const procfs::Stat stat, procfs::ReadStat(pid));
  proto::ProcessId process;
  process.set_pid(pid);
  process.set_start_time(static_cast<int64_t>(stat.start_time));
  return process;
}

proto::ProcessId ThisProcess() {
  absl::StatusOr<proto::ProcessId> process = IdentifyProcess(getpid());
  if (process.ok()) return *std::move(process);
  // Without procfs nothing can be told apart: the number alone must do.
  proto::ProcessId number;
  number.set_pid(getpid());
  return number;
}

bool IsAlive(const proto::ProcessId& process) {
  if (process.pid() <= 0) return false;
  const absl::StatusOr<procfs::Stat> stat = procfs::ReadStat(process.pid());
  return stat.ok() &&
         static_cast<int64_t>(stat->start_time) == process.start_time() &&
         stat->state != 'Z' && stat->state != 'X';
}

absl::StatusOr<sys::Fd> OpenProcess(const proto::ProcessId& process) {
  absl::StatusOr<sys::Fd> fd = sys::OpenPidfd(process.pid());
  // The descriptor is taken first: the check then speaks of the same process.
  if (absl::IsNotFound(fd.status()) || (fd.ok() && !IsAlive(process))) {
    return absl::NotFoundError(
        absl::StrCat("process ", process.pid(), " has ended"));
  }
  return fd;
}

absl::Status EndProcess(const proto::ProcessId& process, int64_t grace_us) {
  absl::StatusOr<sys::Fd> fd = OpenProcess(process);
  if (absl::IsNotFound(fd.status())) return absl::OkStatus();
  if (!fd.ok()) return fd.status();
  const int64_t grace_ms =
      std::min<int64_t>(grace_us / 1000, std::numeric_limits<int>::max());
  if (grace_ms > 0 && HeedsTerm(process.pid())) {
    CLEAT_RETURN_IF_ERROR(Signal(*fd, SIGTERM));
    CLEAT_ASSIGN_OR_RETURN(
        const bool ended,
        sys::PollForExit(fd->get(), static_cast<int>(grace_ms)));
    if (ended) return absl::OkStatus();
  }
  CLEAT_RETURN_IF_ERROR(Signal(*fd, SIGKILL));
  CLEAT_ASSIGN_OR_RETURN(const bool ended,
                         sys::PollForExit(fd->get(), kKillWaitMs));
  if (ended) return absl::OkStatus();
  return absl::DeadlineExceededError(
      absl::StrCat("process ", process.pid(), " does not end after SIGKILL"));
}

}  // namespace cleat::journal
