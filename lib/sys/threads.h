#ifndef CLEAT_LIB_SYS_THREADS_H_
#define CLEAT_LIB_SYS_THREADS_H_

#include <cstddef>

#include "absl/functional/function_ref.h"

namespace cleat::sys {

// Calls `work` on this thread and at the same time on count - 1 others, and
// returns when all calls have. Where no more threads are to be had (pids.max,
// RLIMIT_NPROC) it is called fewer times: each takes what is left of the work.
void OnThreads(size_t count, absl::FunctionRef<void()> work);

}  // namespace cleat::sys

#endif  // CLEAT_LIB_SYS_THREADS_H_
