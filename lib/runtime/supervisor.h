#ifndef CLEAT_LIB_RUNTIME_SUPERVISOR_H_
#define CLEAT_LIB_RUNTIME_SUPERVISOR_H_

#include <signal.h>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/runtime/container.h"
#include "lib/sys/fd.h"
#include "lib/sys/poll_task.h"

namespace cleat::runtime {

// Stands between a container and the world while it runs: holds back the
// signals that are meant for it from its construction on, so that none is lost
// before the program runs, and passes them on while it waits.
//
//   CLEAT_ASSIGN_OR_RETURN(Supervisor supervisor, Supervisor::Make());
//   … Create, Start …
//   CLEAT_ASSIGN_OR_RETURN(int status, supervisor.Wait(container));
//
// When it is destroyed, the signal mask is what it was.
class Supervisor {
 public:
  static absl::StatusOr<Supervisor> Make();
  Supervisor(Supervisor&& other) noexcept;
  ~Supervisor();

  // Its only descriptor, for who closes all others.
  int descriptor() const { return signals_.get(); }

  // Waits for the container's end, and does the task (null: none) meanwhile.
  // Its exit status; 128+N when signal N ended it, also when its first process
  // was sent a deadly signal N that it does not catch: the kernel keeps such a
  // signal from it, so it is killed.
  absl::StatusOr<int> Wait(Container& container, sys::PollTask* task = nullptr);

 private:
  Supervisor() = default;
  absl::Status PassOn(const Container& container);

  sys::Fd signals_;
  sigset_t old_mask_;
  bool blocked_ = false;
  // The signal for which the container was killed; 0: none.
  int killed_for_ = 0;
};

// Whether the process of this /proc/PID/status is not reached by `signal`: it
// is process 1 of its namespace, and the signal is deadly by default and
// neither caught, ignored nor blocked (pid_namespaces(7), "The namespace init
// process").
bool IsShielded(absl::string_view status, int signal);

// The same of a process by its number, whatever it can be read from. What waits
// in sigtimedwait(2), as small inits do, is prepared for all: while it waits,
// its mask does not show that. False for one that has ended.
bool LosesSignal(pid_t pid, int signal);

}  // namespace cleat::runtime

#endif  // CLEAT_LIB_RUNTIME_SUPERVISOR_H_
