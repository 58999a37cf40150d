#include "lib/sys/threads.h"

#include <pthread.h>
#include <sched.h>

#include <vector>

namespace cleat::sys {
namespace {

struct Task {
  absl::FunctionRef<void()> work;
  int processor;
};

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

void* Run(void* argument) {
  const auto* const task = static_cast<const Task*>(argument);
  LeaveProcessor(task->processor);
  task->work();
  return nullptr;
}

}  // namespace

void OnThreads(size_t count, absl::FunctionRef<void()> work) {
  Task task = {work, sched_getcpu()};
  std::vector<pthread_t> others;
  pthread_t thread;
  // std::thread would throw where there is none.
  while (others.size() + 1 < count &&
         pthread_create(&thread, nullptr, Run, &task) == 0) {
    others.push_back(thread);
  }
  work();
  for (const pthread_t other : others) pthread_join(other, nullptr);
}

}  // namespace cleat::sys
