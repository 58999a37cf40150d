#include "lib/testing/namespaces.h"

#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <unistd.h>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cleat::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr int kFlags = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS;

class NamespacesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const std::string missing = NamespacesMissing(kFlags);
    if (!missing.empty()) GTEST_SKIP() << missing;
  }
};

TEST_F(NamespacesTest, BodyIsTheFirstProcessOfItsNamespace) {
  EXPECT_THAT(
      RunInNamespaces(
          kFlags, [](Report& report) { report.Check("pid 1", getpid() == 1); }),
      IsEmpty());
}

TEST_F(NamespacesTest, MountsStayInside) {
  EXPECT_THAT(
      RunInNamespaces(kFlags,
                      [](Report& report) {
                        report.Check("mount tmpfs",
                                     mount("t", "/tmp", "tmpfs", 0, "") == 0);
                        report.Check("empty", access("/tmp/x", F_OK) != 0);
                      }),
      IsEmpty());
  EXPECT_EQ(access("/tmp", W_OK), 0);
}

TEST_F(NamespacesTest, EachFailedCheckIsNamed) {
  EXPECT_THAT(RunInNamespaces(kFlags,
                              [](Report& report) {
                                report.Check("first", false);
                                report.Check("second", true);
                                report.Check("third",
                                             absl::NotFoundError("a\nb"));
                              }),
              ElementsAre("first: false", "third: a b"));
}

TEST_F(NamespacesTest, DeathOfTheChildIsAFailure) {
  EXPECT_THAT(RunInNamespaces(0, [](Report&) { raise(SIGTERM); }),
              ElementsAre("child died of Terminated"));
  EXPECT_THAT(RunInNamespaces(kFlags, [](Report&) { _exit(7); }),
              ElementsAre("child exited 7"));
}

}  // namespace
}  // namespace cleat::testing
