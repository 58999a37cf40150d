#ifndef CLEAT_LIB_SYS_TWO_THREADS_H_
#define CLEAT_LIB_SYS_TWO_THREADS_H_

#include "absl/functional/function_ref.h"

namespace cleat::sys {

// Calls `work` on this thread and at the same time on a second one, and returns
// when both calls have. Where no more threads are to be had (pids.max,
// RLIMIT_NPROC) it is called once: it takes what is left of the work.
void OnTwoThreads(absl::FunctionRef<void()> work);

}  // namespace cleat::sys

#endif  // CLEAT_LIB_SYS_TWO_THREADS_H_
