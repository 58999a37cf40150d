#include "lib/cgroup/move.h"

#include <sys/stat.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/testing/fake_cgroup.h"

namespace cleat::cgroup {
namespace {

using ::testing::HasSubstr;

constexpr pid_t kNobody = 4194305;  // above the kernel's highest number

// A v2 group as files: what is moved there is what is written. The way back is
// to this process's own groups, where it is anyway.
class MoveTest : public ::testing::Test {
 protected:
  MoveTest() {
    fake_.AddGroup("a", {"cgroup.procs", "cgroup.threads"});
    proto::CgroupDirectory& directory = *state_.add_directories();
    directory.set_path(fake_.Path("a"));
    directory.set_unified(true);
  }

  void Remove(const std::string& file) const {
    ASSERT_EQ(unlink(fake_.Path(file).c_str()), 0);
  }

  testing::FakeCgroup fake_;
  proto::CgroupState state_;
};

TEST_F(MoveTest, ProcessesAndThreadsHaveFilesOfTheirOwn) {
  ASSERT_TRUE(Move(state_, {{getpid()}, {gettid()}}).ok());
  EXPECT_EQ(fake_.Read("a/cgroup.procs"), absl::StrCat(getpid()));
  EXPECT_EQ(fake_.Read("a/cgroup.threads"), absl::StrCat(gettid()));
}

TEST_F(MoveTest, AGroupThatVanishesIsNamed) {
  Remove("a/cgroup.procs");
  const absl::Status status = Move(state_, {{getpid()}, {}});
  EXPECT_TRUE(absl::IsNotFound(status)) << status;
  EXPECT_THAT(status.message(), HasSubstr(absl::StrCat("move ", getpid())));
  EXPECT_THAT(status.message(), HasSubstr(fake_.Path("a/cgroup.procs")));
  EXPECT_TRUE(absl::IsNotFound(MoveSelf(state_)));
}

TEST_F(MoveTest, WhoIsNoProcessIsNamedAndNothingIsDoneAfterHim) {
  bool called = false;
  const auto then = [&] {
    called = true;
    return absl::OkStatus();
  };
  absl::Status status = Move(state_, {{kNobody}, {}}, then);
  EXPECT_TRUE(absl::IsNotFound(status)) << status;
  EXPECT_EQ(status.message(), "move 4194305: no such process");
  status = Move(state_, {{}, {kNobody}}, then);
  EXPECT_EQ(status.message(), "move 4194305: no such thread");
  EXPECT_FALSE(called);
  EXPECT_EQ(fake_.Read("a/cgroup.procs"), "");
}

TEST_F(MoveTest, WhatFailsAfterwardsIsTheError) {
  const absl::Status status =
      Move(state_, {{getpid()}, {}}, [] { return absl::AbortedError("no"); });
  EXPECT_EQ(status, absl::AbortedError("no"));
}

TEST_F(MoveTest, WithoutTheRightTheCureIsSaid) {
  ASSERT_EQ(chmod(fake_.Path("a/cgroup.procs").c_str(), 0400), 0);
  // Root may write to it nevertheless.
  const bool is_root = geteuid() == 0;
  ASSERT_EQ(is_root ? seteuid(65534) : 0, 0);
  const absl::Status status = Move(state_, {{getpid()}, {}});
  ASSERT_EQ(is_root ? seteuid(0) : 0, 0);
  EXPECT_TRUE(absl::IsPermissionDenied(status)) << status;
  EXPECT_THAT(status.message(), HasSubstr("systemd-run --user --scope"));
}

TEST_F(MoveTest, TheGroupsOfNoProcessAreNotFound) {
  const absl::Status status = GroupsOf(kNobody).status();
  EXPECT_TRUE(absl::IsNotFound(status)) << status;
  EXPECT_EQ(status.message(),
            "find the cgroups of process 4194305: no such process");
}

}  // namespace
}  // namespace cleat::cgroup
