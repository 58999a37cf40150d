#include "lib/testing/scoped_temp_dir.h"

#include "gtest/gtest.h"
#include "lib/sys/file.h"

namespace cleat::testing {
namespace {

TEST(ScopedTempDirTest, DirectoryAndAllInItGoWithTheObject) {
  std::string path;
  {
    const ScopedTempDir dir;
    path = dir.path();
    dir.Write("a/b/file", "content");
    EXPECT_EQ(dir.Read("a/b/file"), "content");
  }
  EXPECT_FALSE(sys::Exists(path));
}

TEST(ScopedTempDirTest, TwoAreApart) {
  const ScopedTempDir first;
  const ScopedTempDir second;
  EXPECT_NE(first.path(), second.path());
}

}  // namespace
}  // namespace cleat::testing
