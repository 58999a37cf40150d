#include "lib/tty/session.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "lib/base/status_macros.h"
#include "lib/sys/errno.h"
#include "lib/tty/window_size.h"

namespace cleat::tty {
namespace {

sigset_t Signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : {SIGWINCH, SIGTSTP, SIGCONT}) {
    sigaddset(&set, number);
  }
  return set;
}

// The file that the caller has open is shared with his other programs, and
// must go on blocking for them. A terminal can be opened anew; where it cannot
// be (another user's), writing may block until it is read.
sys::Fd OpenTerminalAnew(int fd) {
  char path[32];
  if (isatty(fd) == 0) return sys::Fd();
  snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
  return sys::Fd(open(path, O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
}

short Events(short event, bool wanted) { return wanted ? event : short{0}; }

// A descriptor for which there is nothing to wait would still be reported when
// it is hung up, again and again.
struct pollfd Entry(int fd, short events) {
  return {events == 0 ? -1 : fd, events, 0};
}

}  // namespace

Session::Session(int input, int output)
    : input_(input), output_(output), mode_(input) {}

absl::StatusOr<std::unique_ptr<Session>> Session::Make(int input, int output) {
  std::unique_ptr<Session> session(new Session(input, output));
  const sigset_t signals = Signals();
  if (sigprocmask(SIG_BLOCK, &signals, &session->old_mask_) != 0) {
    return sys::ErrnoError("block signals");
  }
  session->signals_.Reset(signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!session->signals_.valid()) return sys::ErrnoError("open signalfd");
  return session;
}

Session::~Session() {
  mode_.Restore();
  sigprocmask(SIG_SETMASK, &old_mask_, nullptr);
}

absl::Status Session::Attach(Pty pty) {
  pty_ = std::move(pty);
  own_output_ = OpenTerminalAnew(output_);
  keys_.emplace(input_, pty_.master.get());
  screen_.emplace(pty_.master.get(),
                  own_output_.valid() ? own_output_.get() : output_);
  return mode_.Enter();
}

void Session::Ask(std::vector<struct pollfd>* entries) {
  const int events = Events(POLLIN, screen_->WantsInput()) |
                     Events(POLLOUT, keys_->WantsOutput());
  entries->push_back({signals_.get(), POLLIN, 0});
  entries->push_back(Entry(input_, Events(POLLIN, keys_->WantsInput())));
  entries->push_back(Entry(master(), static_cast<short>(events)));
  entries->push_back(
      Entry(screen_->to(), Events(POLLOUT, screen_->WantsOutput())));
}

void Session::Answer(const struct pollfd* entries) {
  if (entries[0].revents != 0) TakeSignals();
  if (entries[1].revents != 0) ReadInput();
  if ((entries[2].revents & POLLOUT) != 0) keys_->Write();
  if ((entries[2].revents & ~POLLOUT) != 0) screen_->Read();
  if (entries[3].revents != 0) screen_->Write();
  if (screen_->broken()) HangUp();
}

// The end of a terminal is its being hung up, for which there is SIGHUP.
void Session::ReadInput() {
  keys_->Read();
  if (keys_->ended() && isatty(input_) == 0) {
    keys_->Append(EndOfInput(master(), keys_->last() != '\n'));
  }
}

// Nobody sees what the program writes any more: to it, that is a terminal
// that has been hung up. The signal goes the way of all that come from
// outside.
void Session::HangUp() {
  if (!hung_up_) kill(getpid(), SIGHUP);
  hung_up_ = true;
}

void Session::TakeSignals() {
  struct signalfd_siginfo info;
  while (read(signals_.get(), &info, sizeof(info)) == sizeof(info)) {
    if (info.ssi_signo == SIGTSTP) {
      Stop();
    } else if (info.ssi_signo == SIGCONT) {
      mode_.Enter().IgnoreError();
    }
    const bool size = info.ssi_signo != SIGTSTP;
    if (size) CopyWindowSize(isatty(output_) ? output_ : input_, master());
  }
}

// Goes on when SIGCONT comes, which is then taken like any other.
void Session::Stop() {
  mode_.Restore();
  raise(SIGSTOP);
}

// All that the program has written is in the pty by now: reading it says at
// once when there is no more.
void Session::Drain(int interrupt) {
  while (!screen_->broken()) {
    while (screen_->WantsInput() && screen_->Read()) continue;
    if (!screen_->WantsOutput()) return;
    struct pollfd entries[] = {{screen_->to(), POLLOUT, 0},
                               {interrupt, POLLIN, 0}};
    const int ready = sys::RetryOnEintr([&] { return poll(entries, 2, -1); });
    if (ready < 0 || entries[1].revents != 0) return;
    screen_->Write();
  }
}

}  // namespace cleat::tty
