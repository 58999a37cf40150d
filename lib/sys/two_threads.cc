#include "lib/sys/two_threads.h"

#include <pthread.h>

namespace cleat::sys {
namespace {

using Work = absl::FunctionRef<void()>;

void* Call(void* work) {
  (*static_cast<Work*>(work))();
  return nullptr;
}

}  // namespace

// std::thread would throw where there is no second one.
void OnTwoThreads(Work work) {
  pthread_t second;
  const bool started = pthread_create(&second, nullptr, Call, &work) == 0;
  work();
  if (started) pthread_join(second, nullptr);
}

}  // namespace cleat::sys
