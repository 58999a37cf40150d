#include "lib/sys/threads.h"

#include <pthread.h>

#include <vector>

namespace cleat::sys {
namespace {

using Work = absl::FunctionRef<void()>;

void* Call(void* work) {
  (*static_cast<Work*>(work))();
  return nullptr;
}

}  // namespace

// std::thread would throw where there is none.
void OnThreads(size_t count, Work work) {
  std::vector<pthread_t> others;
  pthread_t thread;
  while (others.size() + 1 < count &&
         pthread_create(&thread, nullptr, Call, &work) == 0) {
    others.push_back(thread);
  }
  work();
  for (const pthread_t other : others) pthread_join(other, nullptr);
}

}  // namespace cleat::sys
