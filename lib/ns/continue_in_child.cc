#include "lib/ns/continue_in_child.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/trace.h"
#include "lib/sys/errno.h"
#include "lib/sys/interrupt.h"

namespace cleat::ns {
namespace {

// What is not passed on: what cannot be caught, what the terminal sends to
// stop and to wake its processes, which both are, and this process's own
// faults.
constexpr int kOwn[] = {SIGKILL, SIGSTOP,  SIGTSTP, SIGTTIN, SIGTTOU,
                        SIGCONT, SIGWINCH, SIGSEGV, SIGBUS,  SIGFPE,
                        SIGILL,  SIGTRAP,  SIGSYS,  SIGPIPE};

// Those that the parent waits for, the end of the child among them.
sigset_t Awaited() {
  sigset_t set;
  sigfillset(&set);
  for (const int number : kOwn) sigdelset(&set, number);
  return set;
}

// A signal of the kernel, from the terminal, is sent to the whole foreground
// group; one that the child sends to its group has reached it.
bool IsMeantForChild(const siginfo_t& info, pid_t child) {
  return info.si_signo != SIGCHLD && info.si_code <= 0 && info.si_pid != child;
}

// The child's last state; false while it runs.
bool HasEnded(pid_t child, siginfo_t* state) {
  while (true) {
    state->si_pid = 0;
    const int result = waitid(P_PID, static_cast<id_t>(child), state,
                              WEXITED | WSTOPPED | WNOHANG);
    if (result != 0 || state->si_pid == 0) return false;
    if (state->si_code != CLD_STOPPED) return true;
    kill(getpid(), SIGSTOP);
    kill(child, SIGCONT);
  }
}

int EndLikeChild(const siginfo_t& state) {
  if (state.si_code == CLD_EXITED) return state.si_status;
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  sys::DieOfSignal(state.si_status);
}

}  // namespace

sigset_t BlockForChild() {
  // Ignored by a careless caller, the child's end would never be told.
  signal(SIGCHLD, SIG_DFL);
  const sigset_t awaited = Awaited();
  sigset_t before;
  sigprocmask(SIG_BLOCK, &awaited, &before);
  return before;
}

siginfo_t FollowChild(pid_t child) {
  const sigset_t awaited = Awaited();
  siginfo_t state = {};
  while (!HasEnded(child, &state)) {
    siginfo_t info = {};
    if (sigwaitinfo(&awaited, &info) < 0) continue;
    if (IsMeantForChild(info, child)) kill(child, info.si_signo);
  }
  return state;
}

absl::StatusOr<absl::optional<int>> ContinueInChild() {
  trace::Span span("fork", "");
  const sigset_t before = BlockForChild();
  const pid_t child = fork();
  if (child < 0) {
    span.Fail(errno);
    if (errno == ENOMEM) {
      return sys::ErrnoError(
          "fork (the PID namespace may have ended with its first process)");
    }
    return sys::ErrnoError("fork");
  }
  if (child > 0) return absl::optional<int>(EndLikeChild(FollowChild(child)));
  sigprocmask(SIG_SETMASK, &before, nullptr);
  return absl::optional<int>();
}

}  // namespace cleat::ns
