#ifndef CLEAT_LIB_SYS_THREADS_H_
#define CLEAT_LIB_SYS_THREADS_H_

#include <pthread.h>

#include <cstddef>
#include <functional>
#include <memory>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"

namespace cleat::sys {

// A thread, joined when this is destroyed. For where there may be none
// (pids.max, RLIMIT_NPROC), of which std::thread tells by an exception.
class Thread {
 public:
  // No thread.
  Thread() = default;
  // kUnavailable when there are no more.
  static absl::StatusOr<Thread> Start(std::function<void()> work);

  Thread(Thread&& other) noexcept = default;
  Thread& operator=(Thread&& other) noexcept;
  ~Thread() { Join(); }

  // Waits for the end of the work. No thread has ended.
  void Join();

 private:
  // Stays where it is for the thread that runs it; null when there is none.
  std::unique_ptr<std::function<void()>> work_;
  pthread_t thread_ = {};
};

// Calls `work` on this thread and at the same time on count - 1 others, and
// returns when all calls have. Where no more threads are to be had (pids.max,
// RLIMIT_NPROC) it is called fewer times: each takes what is left of the work.
void OnThreads(size_t count, absl::FunctionRef<void()> work);

}  // namespace cleat::sys

#endif  // CLEAT_LIB_SYS_THREADS_H_
