#include "lib/sys/threads.h"

#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>

#include "gtest/gtest.h"

namespace cleat::sys {
namespace {

int Calls(size_t count) {
  std::atomic<int> calls = 0;
  OnThreads(count, [&] { ++calls; });
  return calls;
}

// As an ordinary user, whom the limit holds.
int CallsWithoutMoreThreads() {
  const rlimit none = {0, 0};
  if (setrlimit(RLIMIT_NPROC, &none) != 0) return -1;
  if (geteuid() == 0 && setresuid(65534, 65534, 65534) != 0) return -1;
  return Calls(3);
}

TEST(ThreadsTest, AllHaveCalledWhenItReturns) {
  EXPECT_EQ(Calls(1), 1);
  EXPECT_EQ(Calls(3), 3);
}

TEST(ThreadsTest, AllMayRunWhereTheirMakerMay) {
  cpu_set_t own;
  ASSERT_EQ(sched_getaffinity(0, sizeof(own), &own), 0);
  std::atomic<int> same = 0;
  OnThreads(2, [&] {
    cpu_set_t allowed;
    sched_getaffinity(0, sizeof(allowed), &allowed);
    if (CPU_EQUAL(&allowed, &own)) ++same;
  });
  EXPECT_EQ(same, 2);
}

TEST(ThreadsTest, OneDoesAllWhereThereIsNoOther) {
  EXPECT_EXIT(_exit(CallsWithoutMoreThreads()), ::testing::ExitedWithCode(1),
              "");
}

}  // namespace
}  // namespace cleat::sys
