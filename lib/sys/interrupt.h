#ifndef CLEAT_LIB_SYS_INTERRUPT_H_
#define CLEAT_LIB_SYS_INTERRUPT_H_

#include "absl/status/status.h"

// SIGINT, SIGTERM and SIGHUP, for a process that has effects to undo before it
// dies of them.

namespace cleat::sys {

// From now on the first of these signals is only noted, and a second one ends
// the process at once. Signals that the caller ignored stay ignored.
void CatchInterrupts();

// The signal that has been noted; 0 for none.
int InterruptSignal();

// kCancelled once a signal has been noted. Long loops ask it as they go.
absl::Status CheckInterrupt();

// Waits until the descriptor can be read or has ended. One of these signals
// that is blocked and pending ends the wait a second later: it is noted then,
// pending no more, and kCancelled. What can be read within that second leaves
// it pending, for whoever comes next.
absl::Status AwaitReadable(int fd);

// Dies of this signal, so that the parent sees what happened.
[[noreturn]] void DieOfSignal(int signal);

}  // namespace cleat::sys

#endif  // CLEAT_LIB_SYS_INTERRUPT_H_
