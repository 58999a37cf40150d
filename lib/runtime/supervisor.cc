#include "lib/runtime/supervisor.h"

#include <errno.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"
#include "lib/sys/interrupt.h"

namespace cleat::runtime {
namespace {

// What stays with the tool itself: job control, the terminal's, and what the
// kernel tells it about its own doings.
constexpr int kOwn[] = {SIGKILL, SIGSTOP, SIGCONT,  SIGCHLD, SIGTSTP, SIGTTIN,
                        SIGTTOU, SIGPIPE, SIGWINCH, SIGURG,  SIGSEGV, SIGBUS,
                        SIGFPE,  SIGILL,  SIGTRAP,  SIGSYS};

// What does not end a process by default (signal(7)).
constexpr int kHarmless[] = {SIGCHLD, SIGURG,  SIGWINCH, SIGCONT,
                             SIGSTOP, SIGTSTP, SIGTTIN,  SIGTTOU};

sigset_t Forwarded() {
  sigset_t set;
  sigfillset(&set);
  for (const int number : kOwn) sigdelset(&set, number);
  return set;
}

// The mask on the line "SigCgt:\t0000000000000001"; 0 when it is missing.
uint64_t SignalMask(absl::string_view status, absl::string_view field) {
  const std::string key = absl::StrCat("\n", field, ":\t");
  const size_t begin = status.find(key);
  uint64_t mask = 0;
  if (begin == absl::string_view::npos) return 0;
  const absl::string_view digits = status.substr(begin + key.size(), 16);
  return absl::SimpleHexAtoi(digits, &mask) ? mask : 0;
}

// "NSpid:\t4711\t1": the pid in each namespace, the innermost last.
bool IsFirstProcess(absl::string_view status) {
  const absl::string_view key = "\nNSpid:";
  const size_t begin = status.find(key);
  if (begin == absl::string_view::npos) return false;
  const absl::string_view line = status.substr(begin + 1);
  return absl::EndsWith(line.substr(0, line.find('\n')), "\t1");
}

}  // namespace

absl::StatusOr<Supervisor> Supervisor::Make() {
  Supervisor supervisor;
  const sigset_t forwarded = Forwarded();
  if (sigprocmask(SIG_BLOCK, &forwarded, &supervisor.old_mask_) != 0) {
    return sys::ErrnoError("block signals");
  }
  supervisor.blocked_ = true;
  supervisor.signals_.Reset(
      signalfd(-1, &forwarded, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!supervisor.signals_.valid()) return sys::ErrnoError("open signalfd");
  // One that came before they were blocked has only been noted, and would be
  // lost: nothing is to be started any more.
  CLEAT_RETURN_IF_ERROR(sys::CheckInterrupt());
  return supervisor;
}

Supervisor::Supervisor(Supervisor&& other) noexcept
    : signals_(std::move(other.signals_)),
      old_mask_(other.old_mask_),
      blocked_(std::exchange(other.blocked_, false)),
      killed_for_(other.killed_for_) {}

Supervisor::~Supervisor() {
  if (blocked_) sigprocmask(SIG_SETMASK, &old_mask_, nullptr);
}

// A shielded signal is one that the kernel would drop. A program that has not
// yet come to set its handlers is taken for one that has none, as by Docker.
absl::Status Supervisor::PassOn(const Container& container) {
  struct signalfd_siginfo info;
  while (read(signals_.get(), &info, sizeof(info)) == sizeof(info)) {
    const int number = static_cast<int>(info.ssi_signo);
    const bool shielded = LosesSignal(container.pid(), number);
    if (shielded) killed_for_ = number;
    const absl::Status sent = container.Kill(shielded ? SIGKILL : number);
    if (!sent.ok() && !absl::IsNotFound(sent)) return sent;
  }
  return absl::OkStatus();
}

absl::StatusOr<int> Supervisor::Wait(Container& container,
                                     sys::PollTask* task) {
  std::vector<struct pollfd> entries = {{container.pidfd(), POLLIN, 0},
                                        {signals_.get(), POLLIN, 0}};
  while ((entries[0].revents & POLLIN) == 0) {
    entries.resize(2);
    if (task != nullptr) task->Ask(&entries);
    if (poll(entries.data(), entries.size(), -1) < 0) {
      if (errno == EINTR) continue;
      return sys::ErrnoError("wait for the container");
    }
    if (task != nullptr) task->Answer(entries.data() + 2);
    if (entries[1].revents != 0) CLEAT_RETURN_IF_ERROR(PassOn(container));
  }
  CLEAT_ASSIGN_OR_RETURN(const int status, container.Wait());
  const bool by_us = killed_for_ != 0 && status == 128 + SIGKILL;
  return by_us ? 128 + killed_for_ : status;
}

bool IsShielded(absl::string_view status, int signal) {
  if (!IsFirstProcess(status)) return false;
  const auto* const end = std::end(kHarmless);
  if (std::find(std::begin(kHarmless), end, signal) != end) return false;
  const uint64_t prepared = SignalMask(status, "SigCgt") |
                            SignalMask(status, "SigIgn") |
                            SignalMask(status, "SigBlk");
  return (prepared & (uint64_t{1} << (signal - 1))) == 0;
}

bool LosesSignal(pid_t pid, int signal) {
  const std::string process = absl::StrCat("/proc/", pid);
  const absl::StatusOr<std::string> status = sys::ReadFile(process + "/status");
  if (!status.ok() || !IsShielded(*status, signal)) return false;
  // proc(5), "/proc/pid/syscall": the number of the call that it sleeps in.
  const absl::StatusOr<std::string> call = sys::ReadFile(process + "/syscall");
  return !call.ok() ||
         !absl::StartsWith(*call, absl::StrCat(SYS_rt_sigtimedwait, " "));
}

}  // namespace cleat::runtime
