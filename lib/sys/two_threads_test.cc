#include "lib/sys/two_threads.h"

#include <sys/resource.h>
#include <unistd.h>

#include <atomic>

#include "gtest/gtest.h"

namespace cleat::sys {
namespace {

int Calls() {
  std::atomic<int> calls = 0;
  OnTwoThreads([&] { ++calls; });
  return calls;
}

// As an ordinary user, whom the limit holds.
int CallsWithoutMoreThreads() {
  const rlimit none = {0, 0};
  if (setrlimit(RLIMIT_NPROC, &none) != 0) return -1;
  if (geteuid() == 0 && setresuid(65534, 65534, 65534) != 0) return -1;
  return Calls();
}

TEST(TwoThreadsTest, BothHaveCalledWhenItReturns) { EXPECT_EQ(Calls(), 2); }

TEST(TwoThreadsTest, OneDoesAllWhereThereIsNoOther) {
  EXPECT_EXIT(_exit(CallsWithoutMoreThreads()), ::testing::ExitedWithCode(1),
              "");
}

}  // namespace
}  // namespace cleat::sys
