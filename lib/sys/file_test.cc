#include "lib/sys/file.h"

#include <linux/openat2.h>
#include <unistd.h>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/sys/remove_tree.h"

namespace cleat::sys {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class FileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    root_ = ::testing::TempDir() + "/file_test";
    ASSERT_TRUE(RemoveTree(root_).ok());
    ASSERT_TRUE(MakeDirectories(root_ + "/a/b").ok());
  }
  void TearDown() override { EXPECT_TRUE(RemoveTree(root_).ok()); }

  std::string root_;
};

TEST_F(FileTest, WrittenFileIsReadBackAndNoTemporaryFileRemains) {
  ASSERT_TRUE(WriteFileAtomic(root_ + "/a/file", "content").ok());
  EXPECT_EQ(*ReadFile(root_ + "/a/file"), "content");
  EXPECT_THAT(*ListDirectory(root_ + "/a"), ElementsAre("b", "file"));
}

TEST_F(FileTest, FailedReplacementKeepsTheOldFileAndLeavesNothing) {
  const absl::Status status = WriteFileAtomic(root_ + "/a/b", "content");
  EXPECT_FALSE(status.ok());
  EXPECT_THAT(*ListDirectory(root_ + "/a"), ElementsAre("b"));
}

TEST_F(FileTest, ReadingStopsAtTheLimit) {
  ASSERT_TRUE(WriteFileAtomic(root_ + "/file", std::string(100, 'x')).ok());
  EXPECT_EQ(ReadFile(root_ + "/file", 100)->size(), 100);
  EXPECT_TRUE(
      absl::IsResourceExhausted(ReadFile(root_ + "/file", 99).status()));
}

TEST_F(FileTest, MissingFileIsNotFoundAndNamed) {
  const absl::Status status = ReadFile(root_ + "/missing").status();
  EXPECT_TRUE(absl::IsNotFound(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("/missing"));
}

TEST_F(FileTest, RemoveTreeDoesNotFollowLinks) {
  ASSERT_TRUE(WriteFileAtomic(root_ + "/keep", "kept").ok());
  ASSERT_EQ(symlink("../../keep", (root_ + "/a/b/link").c_str()), 0);
  ASSERT_EQ(symlink("..", (root_ + "/a/up").c_str()), 0);
  ASSERT_TRUE(RemoveTree(root_ + "/a").ok());
  EXPECT_THAT(*ListDirectory(root_), ElementsAre("keep"));
}

TEST_F(FileTest, RemovingWhatIsAbsentSucceeds) {
  EXPECT_TRUE(RemoveTree(root_ + "/absent").ok());
}

TEST_F(FileTest, MakeDirectoriesRefusesAFileInTheWay) {
  ASSERT_TRUE(WriteFileAtomic(root_ + "/file", "").ok());
  EXPECT_FALSE(MakeDirectories(root_ + "/file").ok());
  EXPECT_FALSE(MakeDirectories(root_ + "/file/below").ok());
}

TEST_F(FileTest, ResolvedBeneathRefusesToLeaveTheRoot) {
  ASSERT_EQ(symlink("/etc/passwd", (root_ + "/a/out").c_str()), 0);
  Fd root = *Open(root_ + "/a", O_PATH | O_DIRECTORY);
  EXPECT_FALSE(OpenResolved(root.get(), "out", O_RDONLY, RESOLVE_BENEATH).ok());
  EXPECT_FALSE(OpenResolved(root.get(), "..", O_RDONLY, RESOLVE_BENEATH).ok());
}

TEST_F(FileTest, ResolvedInRootTakesAbsoluteLinksInsideIt) {
  ASSERT_TRUE(WriteFileAtomic(root_ + "/a/target", "inside").ok());
  ASSERT_EQ(symlink("/target", (root_ + "/a/link").c_str()), 0);
  Fd root = *Open(root_ + "/a", O_PATH | O_DIRECTORY);
  Fd file = *OpenResolved(root.get(), "link", O_RDONLY, RESOLVE_IN_ROOT);
  EXPECT_EQ(*ReadAll(file.get(), 100, "link"), "inside");
}

}  // namespace
}  // namespace cleat::sys
