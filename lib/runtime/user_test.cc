#include "lib/runtime/user.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/sys/file.h"
#include "lib/sys/remove_tree.h"

namespace cleat::runtime {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kPasswd[] = R"(root:x:0:0:root:/root:/bin/sh
# a comment
broken:x:notanumber:0::/:/bin/sh
short:x:7
evil:x:4294967295:0::/:/bin/sh
www:x:33:34::/var/www:/bin/false
1000:x:44:44::/odd:/bin/sh
user:x:1000:1000::/home/user:/bin/sh
)";
constexpr char kGroup[] = R"(root:x:0:
staff:x:50:user,www
www-data:x:34:www
wheel:x:10:root
bad:x:-1:user
)";

absl::StatusOr<User> Find(absl::string_view user) {
  return FindUser(kPasswd, kGroup, user);
}

TEST(UserTest, NoUserIsRootWithHisHome) {
  EXPECT_EQ(Find("")->uid, 0);
  EXPECT_EQ(Find("")->home, "/root");
  EXPECT_THAT(Find("")->additional_gids, ElementsAre(10));
}

TEST(UserTest, NameBringsIdsHomeAndGroups) {
  const User user = *Find("www");
  EXPECT_EQ(user.uid, 33);
  EXPECT_EQ(user.gid, 34);
  EXPECT_EQ(user.home, "/var/www");
  EXPECT_THAT(user.additional_gids, ElementsAre(50, 34));
}

TEST(UserTest, ExplicitGroupIsTheOnlyOne) {
  const User user = *Find("www:wheel");
  EXPECT_EQ(user.gid, 10);
  EXPECT_THAT(user.additional_gids, IsEmpty());
  EXPECT_EQ(Find("www:12345")->gid, 12345);
}

TEST(UserTest, NumberNeedsNoEntry) {
  const User user = *Find("4711");
  EXPECT_EQ(user.uid, 4711);
  EXPECT_EQ(user.gid, 0);
  EXPECT_EQ(user.home, "/");
}

TEST(UserTest, NumberFindsAnEntryOfThatNameOrIdFirstLineFirst) {
  EXPECT_EQ(Find("33")->home, "/var/www");
  EXPECT_EQ(Find("1000")->uid, 44);
}

TEST(UserTest, MalformedLinesAreNoEntries) {
  for (const char* name : {"broken", "short", "evil", "# a comment"}) {
    EXPECT_TRUE(absl::IsNotFound(Find(name).status())) << name;
  }
}

TEST(UserTest, UnknownGroupIsNotFound) {
  EXPECT_TRUE(absl::IsNotFound(Find("www:nobody").status()));
  EXPECT_TRUE(absl::IsNotFound(Find("www:bad").status()));
}

TEST(UserTest, AnEmptyPartIsNone) {
  EXPECT_EQ(Find(":staff")->uid, 0);
  EXPECT_EQ(Find(":staff")->gid, 50);
  EXPECT_EQ(Find("www:")->gid, 34);
  EXPECT_THAT(Find("www:")->additional_gids, ElementsAre(50, 34));
  EXPECT_EQ(Find(":")->home, "/root");
}

TEST(UserTest, WhatIsNoUserIsRefused) {
  EXPECT_TRUE(absl::IsNotFound(Find("-1").status()));
  EXPECT_TRUE(absl::IsNotFound(Find("4294967295").status()));
}

class RootTest : public ::testing::Test {
 protected:
  void SetUp() override {
    path_ = absl::StrCat(::testing::TempDir(), "/user_test.", getpid());
    ASSERT_TRUE(sys::MakeDirectories(path_ + "/root/etc").ok());
    ASSERT_TRUE(
        sys::WriteFileAtomic(path_ + "/passwd", "out:x:1:1::/:\n").ok());
    root_ = *sys::Open(path_ + "/root", O_PATH | O_DIRECTORY);
  }
  void TearDown() override { EXPECT_TRUE(sys::RemoveTree(path_).ok()); }

  std::string path_;
  sys::Fd root_;
};

TEST_F(RootTest, RootWithoutFilesHasNumbersOnly) {
  EXPECT_EQ(ResolveUser(root_.get(), "5:6")->gid, 6);
  EXPECT_TRUE(absl::IsNotFound(ResolveUser(root_.get(), "out").status()));
}

TEST_F(RootTest, LinkLeadsNowhereOutside) {
  ASSERT_EQ(symlinkat("../../passwd", root_.get(), "etc/passwd"), 0);
  EXPECT_TRUE(absl::IsNotFound(ResolveUser(root_.get(), "out").status()));
}

TEST_F(RootTest, FifoIsRefusedAtOnce) {
  ASSERT_EQ(mkfifoat(root_.get(), "etc/passwd", 0644), 0);
  EXPECT_TRUE(
      absl::IsFailedPrecondition(ResolveUser(root_.get(), "out").status()));
}

}  // namespace
}  // namespace cleat::runtime
