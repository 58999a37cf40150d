#include "lib/sys/interrupt.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/sys/errno.h"
#include "lib/sys/fd.h"

namespace cleat::sys {
namespace {

constexpr int kSignals[] = {SIGINT, SIGTERM, SIGHUP};
constexpr int kGraceMilliseconds = 1000;

volatile sig_atomic_t noted_signal = 0;

void Note(int signal) {
  if (noted_signal != 0) DieOfSignal(signal);
  noted_signal = signal;
}

// One that is ignored is pending while it is blocked, too.
sigset_t NotIgnored() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : kSignals) {
    struct sigaction action = {};
    sigaction(signal, nullptr, &action);
    if (action.sa_handler != SIG_IGN) sigaddset(&set, signal);
  }
  return set;
}

absl::Status Poll(struct pollfd* entries, nfds_t count, int milliseconds) {
  while (poll(entries, count, milliseconds) < 0) {
    if (errno != EINTR) return ErrnoError("poll");
    CLEAT_RETURN_IF_ERROR(CheckInterrupt());
  }
  return absl::OkStatus();
}

}  // namespace

void CatchInterrupts() {
  for (const int signal : kSignals) {
    struct sigaction before = {};
    sigaction(signal, nullptr, &before);
    if (before.sa_handler == SIG_IGN) continue;
    struct sigaction action = {};
    action.sa_handler = Note;
    sigaction(signal, &action, nullptr);
  }
}

int InterruptSignal() { return noted_signal; }

absl::Status CheckInterrupt() {
  const int signal = noted_signal;
  if (signal == 0) return absl::OkStatus();
  return absl::CancelledError(
      absl::StrCat("interrupted by SIG", sigabbrev_np(signal)));
}

absl::Status AwaitReadable(int fd) {
  const sigset_t awaited = NotIgnored();
  const Fd signals(signalfd(-1, &awaited, SFD_CLOEXEC));
  if (!signals.valid()) return ErrnoError("open signalfd");
  struct pollfd entries[] = {{fd, POLLIN, 0}, {signals.get(), POLLIN, 0}};
  CLEAT_RETURN_IF_ERROR(Poll(entries, 2, -1));
  if (entries[0].revents == 0) {
    CLEAT_RETURN_IF_ERROR(Poll(entries, 1, kGraceMilliseconds));
  }
  if (entries[0].revents != 0) return absl::OkStatus();
  struct signalfd_siginfo info;
  if (read(signals.get(), &info, sizeof(info)) != sizeof(info)) {
    return ErrnoError("read signalfd");
  }
  noted_signal = static_cast<int>(info.ssi_signo);
  return CheckInterrupt();
}

void DieOfSignal(int signal) {
  struct sigaction action = {};
  action.sa_handler = SIG_DFL;
  sigaction(signal, &action, nullptr);
  sigset_t only;
  sigemptyset(&only);
  sigaddset(&only, signal);
  sigprocmask(SIG_UNBLOCK, &only, nullptr);
  raise(signal);
  _exit(128 + signal);
}

}  // namespace cleat::sys
