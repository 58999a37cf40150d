#include "lib/store/tree_size.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "lib/sys/fd.h"
#include "lib/sys/file.h"
#include "lib/sys/remove_tree.h"

namespace cleat::store {
namespace {

class TreeSizeTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(sys::MakeDirectories(directory_ + "/a/b").ok());
  }
  void TearDown() override { EXPECT_TRUE(sys::RemoveTree(directory_).ok()); }

  void Write(const std::string& name, size_t size) {
    ASSERT_TRUE(
        sys::WriteFileAtomic(directory_ + name, std::string(size, 'x')).ok());
  }

  const std::string directory_ =
      absl::StrCat(::testing::TempDir(), "/tree_size.", getpid());
};

TEST_F(TreeSizeTest, CountsFilesAndLinksButNoDirectories) {
  Write("/one", 100);
  Write("/a/two", 20);
  Write("/a/b/three", 3);
  ASSERT_EQ(symlink("target", (directory_ + "/a/link").c_str()), 0);
  EXPECT_EQ(*TreeSize(directory_), 100 + 20 + 3 + 6);
}

TEST_F(TreeSizeTest, CountsAFileOfSeveralNamesOnce) {
  Write("/one", 100);
  ASSERT_EQ(
      link((directory_ + "/one").c_str(), (directory_ + "/a/b/two").c_str()),
      0);
  EXPECT_EQ(*TreeSize(directory_), 100);
}

TEST_F(TreeSizeTest, DepthHasNoBound) {
  sys::Fd at(open(directory_.c_str(), O_RDONLY | O_DIRECTORY));
  for (int i = 0; i < 10000; ++i) {
    ASSERT_EQ(mkdirat(at.get(), "deep", 0755), 0);
    at.Reset(openat(at.get(), "deep", O_RDONLY | O_DIRECTORY));
    ASSERT_TRUE(at.valid());
  }
  ASSERT_EQ(symlinkat("target", at.get(), "link"), 0);
  Write("/one", 100);
  EXPECT_EQ(*TreeSize(directory_), 100 + 6);
}

TEST_F(TreeSizeTest, MissingDirectoryIsNamed) {
  const absl::Status status = TreeSize(directory_ + "/none").status();
  EXPECT_TRUE(absl::IsNotFound(status));
  EXPECT_NE(status.message().find(directory_ + "/none"), std::string::npos);
}

}  // namespace
}  // namespace cleat::store
