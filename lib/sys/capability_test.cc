#include "lib/sys/capability.h"

#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gtest/gtest.h"

namespace cleat::sys {
namespace {

// The status of a child that `act` ends.
template <typename Act>
int InChild(const Act& act) {
  const pid_t pid = fork();
  if (pid == 0) _exit(act());
  int status = -1;
  EXPECT_EQ(waitpid(pid, &status, 0), pid);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(CapabilityTest, KnownAreAllUpToOne) {
  const CapabilitySet known = KnownCapabilities();
  EXPECT_NE(known, 0U);
  EXPECT_EQ(known & (known + 1), 0U);
}

TEST(CapabilityTest, BoundingSetIsLimitedOnceThatNeedsRights) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root";
  EXPECT_EQ(InChild([] {
              if (LimitBoundingSet(0) != 0) return 1;
              if (SetCapabilities({}) != 0) return 2;
              // Nothing is left to be done.
              return LimitBoundingSet(0) == 0 ? 0 : 3;
            }),
            0);
  EXPECT_EQ(InChild([] {
              if (SetCapabilities({}) != 0) return 1;
              return LimitBoundingSet(0) != 0 && errno == EPERM ? 0 : 2;
            }),
            0);
}

}  // namespace
}  // namespace cleat::sys
