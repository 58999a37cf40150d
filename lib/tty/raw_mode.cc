#include "lib/tty/raw_mode.h"

#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "lib/sys/errno.h"

namespace cleat::tty {
namespace {

// Those by which the kernel, or abort(3), ends a program that is broken.
constexpr int kFatal[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL,
                          SIGTRAP, SIGSYS, SIGABRT};

// What the handler restores, and where; -1: nothing.
volatile sig_atomic_t raw_terminal = -1;
struct termios found_modes;

// Takes effect when the instruction that failed is tried again: the signal
// has its default action by then (SA_RESETHAND).
void RestoreAndDie(int signal) {
  if (raw_terminal >= 0) ioctl(raw_terminal, TCSETS, &found_modes);
  raise(signal);
}

void CatchFatal(int terminal, const struct termios& modes) {
  found_modes = modes;
  raw_terminal = terminal;
  struct sigaction action = {};
  action.sa_handler = RestoreAndDie;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  for (const int signal : kFatal) sigaction(signal, &action, nullptr);
}

void ReleaseFatal() {
  raw_terminal = -1;
  for (const int number : kFatal) signal(number, SIG_DFL);
}

}  // namespace

RawMode::RawMode(int terminal)
    : terminal_(isatty(terminal) != 0 ? terminal : -1) {}

RawMode::~RawMode() { Restore(); }

absl::Status RawMode::Enter() {
  if (terminal_ < 0) return absl::OkStatus();
  const pid_t foreground = tcgetpgrp(terminal_);
  // -1: not this session's terminal, for which nobody is in the foreground.
  if (foreground >= 0 && foreground != getpgrp()) return absl::OkStatus();
  if (!found_ && tcgetattr(terminal_, &modes_) != 0) {
    return sys::ErrnoError("get the modes of the terminal");
  }
  found_ = true;
  struct termios raw = modes_;
  cfmakeraw(&raw);
  CatchFatal(terminal_, modes_);
  raw_ = true;
  if (tcsetattr(terminal_, TCSANOW, &raw) != 0) {
    return sys::ErrnoError("set the modes of the terminal");
  }
  return absl::OkStatus();
}

void RawMode::Restore() {
  if (!raw_) return;
  raw_ = false;
  tcsetattr(terminal_, TCSANOW, &modes_);
  ReleaseFatal();
}

}  // namespace cleat::tty
