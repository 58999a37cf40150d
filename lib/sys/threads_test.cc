#include "lib/sys/threads.h"

#include <sched.h>
#include <stdio.h>
#include <unistd.h>

#include <atomic>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/testing/no_threads.h"

namespace cleat::sys {
namespace {

using ::testing::HasSubstr;

TEST(ThreadTest, HasWorkedWhenItIsJoined) {
  int worked = 0;
  auto thread = Thread::Start([&] { ++worked; });
  ASSERT_TRUE(thread.ok()) << thread.status();
  thread->Join();
  EXPECT_EQ(worked, 1);
  thread->Join();
  *thread = *Thread::Start([&] { ++worked; });
  Thread moved = *std::move(thread);
  moved = Thread();
  EXPECT_EQ(worked, 2);
}

TEST(ThreadTest, IsJoinedAtItsEnd) {
  int worked = 0;
  {
    const auto thread = Thread::Start([&] { ++worked; });
  }
  EXPECT_EQ(worked, 1);
}

TEST(ThreadTest, SaysThatThereAreNoMore) {
  EXPECT_EXIT(
      {
        testing::HaveNoMoreThreads();
        const auto thread = Thread::Start([] {});
        fprintf(stderr, "%s\n", thread.status().ToString().c_str());
        _exit(thread.ok() ? 1 : 0);
      },
      ::testing::ExitedWithCode(0), HasSubstr("start a thread: Resource"));
}

int Calls(size_t count) {
  std::atomic<int> calls = 0;
  OnThreads(count, [&] { ++calls; });
  return calls;
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
  EXPECT_EXIT(
      {
        testing::HaveNoMoreThreads();
        _exit(Calls(3));
      },
      ::testing::ExitedWithCode(1), "");
}

}  // namespace
}  // namespace cleat::sys
