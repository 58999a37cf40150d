#ifndef CLEAT_LIB_NS_CONTINUE_IN_CHILD_H_
#define CLEAT_LIB_NS_CONTINUE_IN_CHILD_H_

#include <signal.h>

#include "absl/status/statusor.h"
#include "absl/types/optional.h"

namespace cleat::ns {

// Forks, so that the caller, which has one thread, goes on as a child: in the
// PID namespace that it has joined or made, or with its time. Nothing in the
// child; in the parent, once the child has ended, its exit status.
//
// Meanwhile the parent is as good as the child to whoever sees only the
// parent. It passes signals on that were sent to it alone (those of the
// terminal go to both). It stops when the child stops, and continues it when
// it is itself continued. It dies of the signal that ends the child, without a
// second core file: seen by a shell as status 128+N.
absl::StatusOr<absl::optional<int>> ContinueInChild();

// The parts of it, for a parent that goes on after its child. The first blocks
// the signals that the parent then waits for, and returns the mask for the
// child; the second waits as above, and returns how the child ended: si_code
// and si_status of waitid(2).
sigset_t BlockForChild();
siginfo_t FollowChild(pid_t child);

}  // namespace cleat::ns

#endif  // CLEAT_LIB_NS_CONTINUE_IN_CHILD_H_
