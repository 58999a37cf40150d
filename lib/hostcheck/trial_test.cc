#include "lib/hostcheck/trial.h"

#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <unistd.h>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/sys/errno.h"

namespace cleat::hostcheck {
namespace {

using ::testing::HasSubstr;

TEST(TrialTest, WhatSucceedsIsOk) {
  EXPECT_TRUE(InChild([] { return absl::OkStatus(); }).ok());
}

TEST(TrialTest, MessageOfAnErrorComesBackAlone) {
  const absl::Status status =
      InChild([] { return absl::NotFoundError("open x: y: No such file"); });
  EXPECT_EQ(status.message(), "open x: y: No such file");
}

TEST(TrialTest, ChildThatIsKilledFails) {
  const absl::Status status = InChild([] {
    raise(SIGKILL);
    return absl::OkStatus();
  });
  EXPECT_THAT(std::string(status.message()), HasSubstr("killed"));
}

TEST(TrialTest, TrialIsFirstInItsNamespacesAndMayMount) {
  const absl::Status status =
      InNamespaces(CLONE_NEWNS | CLONE_NEWPID, []() -> absl::Status {
        if (getpid() != 1) return absl::InternalError("not the first process");
        if (mount("none", "/tmp", "tmpfs", 0, nullptr) == 0) {
          return absl::OkStatus();
        }
        return sys::ErrnoError("mount");
      });
  EXPECT_TRUE(status.ok()) << status;
}

}  // namespace
}  // namespace cleat::hostcheck
