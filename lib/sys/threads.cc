#include "lib/sys/threads.h"

#include <errno.h>
#include <sched.h>

#include <utility>
#include <vector>

#include "lib/sys/errno.h"

namespace cleat::sys {
namespace {

void* Run(void* work) {
  (*static_cast<std::function<void()>*>(work))();
  return nullptr;
}

// A new thread may be put where its maker runs and wait there for tens of
// milliseconds, although another processor is idle. Forbidden that one, it
// moves at once; then it is free again.
void LeaveProcessor(int processor) {
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof(allowed), &allowed) != 0) return;
  cpu_set_t others = allowed;
  CPU_CLR(processor, &others);
  if (sched_setaffinity(0, sizeof(others), &others) != 0) return;
  sched_setaffinity(0, sizeof(allowed), &allowed);
}

}  // namespace

absl::StatusOr<Thread> Thread::Start(std::function<void()> work) {
  Thread thread;
  auto owned = std::make_unique<std::function<void()>>(std::move(work));
  errno = pthread_create(&thread.thread_, nullptr, Run, owned.get());
  if (errno != 0) return ErrnoError("start a thread");
  thread.work_ = std::move(owned);
  return thread;
}

Thread& Thread::operator=(Thread&& other) noexcept {
  Join();
  work_ = std::move(other.work_);
  thread_ = other.thread_;
  return *this;
}

void Thread::Join() {
  if (work_ == nullptr) return;
  pthread_join(thread_, nullptr);
  work_.reset();
}

void OnThreads(size_t count, absl::FunctionRef<void()> work) {
  const int processor = sched_getcpu();
  std::vector<Thread> others;
  others.reserve(count);
  while (others.size() + 1 < count) {
    absl::StatusOr<Thread> thread = Thread::Start([=] {
      LeaveProcessor(processor);
      work();
    });
    if (!thread.ok()) break;
    others.push_back(*std::move(thread));
  }
  work();
}

}  // namespace cleat::sys
