#include "lib/sys/remove_tree.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gtest/gtest.h"
#include "lib/sys/fd.h"
#include "lib/sys/file.h"

namespace cleat::sys {
namespace {

TEST(RemoveTreeTest, ThousandsOfLevels) {
  const std::string root = ::testing::TempDir() + "/remove_tree_test";
  ASSERT_TRUE(MakeDirectories(root).ok());
  Fd level = *Open(root, O_RDONLY | O_DIRECTORY);
  for (int i = 0; i < 3000; ++i) {
    ASSERT_EQ(mkdirat(level.get(), "d", 0755), 0);
    ASSERT_TRUE(OpenAt(level.get(), "f", O_CREAT | O_WRONLY).ok());
    level = *OpenAt(level.get(), "d", O_RDONLY | O_DIRECTORY);
  }
  const absl::Status status = RemoveTreeAt(AT_FDCWD, root);
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_FALSE(Exists(root));
}

TEST(RemoveTreeTest, AbsenceAndFiles) {
  const std::string path = ::testing::TempDir() + "/remove_tree_file";
  EXPECT_TRUE(RemoveTreeAt(AT_FDCWD, path).ok());
  ASSERT_TRUE(WriteFileAtomic(path, "").ok());
  EXPECT_TRUE(RemoveTreeAt(AT_FDCWD, path).ok());
  EXPECT_FALSE(Exists(path));
}

}  // namespace
}  // namespace cleat::sys
