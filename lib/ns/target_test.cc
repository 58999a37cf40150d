#include "lib/ns/target.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/sys/file.h"

namespace cleat::ns {
namespace {

using ::testing::HasSubstr;

// A child that waits for a signal.
pid_t StartChild() {
  const pid_t child = fork();
  if (child == 0) {
    while (true) pause();
  }
  return child;
}

void EndChild(pid_t child) {
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
}

TEST(TargetTest, WhatIsReadByItsNumberCountsWhileItLives) {
  const pid_t child = StartChild();
  const Target target = *Target::Parse(absl::StrCat(child));
  EXPECT_EQ(target.pid(), child);
  EXPECT_TRUE(target.Open("ns/net", O_RDONLY).ok());
  EXPECT_TRUE(target.Check().ok());
  kill(child, SIGKILL);
  siginfo_t info;
  ASSERT_EQ(waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT),
            0);
  // A zombie has its number still.
  EXPECT_TRUE(target.Check().ok());
  EndChild(child);
  EXPECT_TRUE(absl::IsNotFound(target.Check()));
  EXPECT_TRUE(absl::IsNotFound(Target::OfPid(child).status()));
}

TEST(TargetTest, APidfdIsATarget) {
  const pid_t child = StartChild();
  const Target by_number = *Target::OfPid(child);
  const absl::StatusOr<Target> by_pidfd = Target::OfPidfd(by_number.pidfd());
  ASSERT_TRUE(by_pidfd.ok());
  EXPECT_EQ(by_pidfd->pid(), child);
  EXPECT_NE(by_pidfd->pidfd(), by_number.pidfd());
  EndChild(child);
  EXPECT_TRUE(absl::IsNotFound(Target::OfPidfd(by_number.pidfd()).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(Target::OfPidfd(0).status()));
}

TEST(TargetTest, TheInodeTellsALaterProcessOfTheSameNumber) {
  const Target self = *Target::OfPid(getpid());
  struct stat info;
  ASSERT_EQ(fstat(self.pidfd(), &info), 0);
  const std::string pid = absl::StrCat(getpid());
  EXPECT_TRUE(Target::Parse(absl::StrCat(pid, ":", info.st_ino)).ok());
  const absl::Status other = Target::Parse(pid + ":1").status();
  EXPECT_TRUE(absl::IsNotFound(other));
  EXPECT_THAT(std::string(other.message()),
              HasSubstr(absl::StrCat("process ", pid, ":1 has ended")));
}

TEST(TargetTest, OtherTextIsRefused) {
  for (const char* text :
       {"", "x", "-1", "0", "1x", "1:", "1:x", "1:2:3", "99999999999"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(Target::Parse(text).status())) << text;
  }
}

}  // namespace
}  // namespace cleat::ns
