#ifndef CLEAT_LIB_TESTING_NO_THREADS_H_
#define CLEAT_LIB_TESTING_NO_THREADS_H_

namespace cleat::testing {

// From here on this process can start no thread and no process: RLIMIT_NPROC
// is 0, and it is an ordinary user's, whom that holds. For death tests. Ends
// the process where that cannot be.
void HaveNoMoreThreads();

}  // namespace cleat::testing

#endif  // CLEAT_LIB_TESTING_NO_THREADS_H_
