#include "lib/sys/interrupt.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/sys/errno.h"

namespace cleat::sys {
namespace {

constexpr int kSignals[] = {SIGINT, SIGTERM, SIGHUP};

volatile sig_atomic_t noted_signal = 0;

void Note(int signal) {
  if (noted_signal != 0) DieOfSignal(signal);
  noted_signal = signal;
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
  sigset_t mask;
  sigprocmask(SIG_BLOCK, nullptr, &mask);
  for (const int signal : kSignals) {
    struct sigaction action = {};
    sigaction(signal, nullptr, &action);
    // One that is ignored would be lost while it is not blocked.
    if (action.sa_handler != SIG_IGN) sigdelset(&mask, signal);
  }
  struct pollfd entry = {fd, POLLIN, 0};
  while (ppoll(&entry, 1, nullptr, &mask) < 0) {
    if (errno != EINTR) return ErrnoError("poll");
    CLEAT_RETURN_IF_ERROR(CheckInterrupt());
  }
  return absl::OkStatus();
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
