#include "lib/runtime/beneath.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "lib/sys/fd.h"
#include "lib/sys/file.h"
#include "lib/sys/remove_tree.h"

namespace cleat::runtime {
namespace {

class BeneathTest : public ::testing::Test {
 protected:
  void SetUp() override {
    directory_ = absl::StrCat(::testing::TempDir(), "/beneath.", getpid());
    ASSERT_TRUE(sys::MakeDirectories(directory_ + "/root/etc").ok());
    ASSERT_TRUE(sys::MakeDirectories(directory_ + "/outside").ok());
    root_ = *sys::Open(directory_ + "/root", O_PATH | O_DIRECTORY);
  }
  void TearDown() override { EXPECT_TRUE(sys::RemoveTree(directory_).ok()); }

  void Link(const std::string& text, const std::string& name) {
    ASSERT_EQ(symlinkat(text.c_str(), root_.get(), name.c_str()), 0);
  }
  // Whether it opens; else errno says why.
  bool MakesDirectory(const char* path) {
    return sys::Fd(OpenDirectoryBelow(root_.get(), path)).valid();
  }
  bool MakesFile(const char* path) {
    return sys::Fd(OpenFileBelow(root_.get(), path)).valid();
  }
  bool Has(const std::string& path, mode_t type) {
    struct stat info;
    return lstat(absl::StrCat(directory_, "/", path).c_str(), &info) == 0 &&
           (info.st_mode & S_IFMT) == type;
  }

  std::string directory_;
  sys::Fd root_;
};

TEST_F(BeneathTest, MissingPartsAreMade) {
  EXPECT_TRUE(MakesDirectory("/a//b/c/"));
  EXPECT_TRUE(Has("root/a/b/c", S_IFDIR));
  EXPECT_TRUE(MakesFile("/d/e"));
  EXPECT_TRUE(Has("root/d/e", S_IFREG));
  EXPECT_TRUE(MakesFile("/d/e"));
}

TEST_F(BeneathTest, LinkToWhatIsMissingLeadsThereWithinTheRoot) {
  Link("../run/deep/file", "etc/relative");
  Link("/../../../var/x", "absolute");
  Link("absolute", "chain");
  EXPECT_TRUE(MakesFile("/etc/relative"));
  EXPECT_TRUE(Has("root/run/deep/file", S_IFREG));
  EXPECT_TRUE(MakesDirectory("/chain/below"));
  EXPECT_TRUE(Has("root/var/x/below", S_IFDIR));
  EXPECT_TRUE(Has("root/chain", S_IFLNK));
}

TEST_F(BeneathTest, NoLinkLeadsOutside) {
  Link(directory_ + "/outside", "absolute");
  Link("../outside", "relative");
  EXPECT_TRUE(MakesFile("/absolute/a"));
  EXPECT_TRUE(MakesDirectory("/relative/b"));
  EXPECT_TRUE(MakesDirectory("/../outside/c"));
  EXPECT_TRUE(sys::ListDirectory(directory_ + "/outside")->empty());
  EXPECT_TRUE(Has("root/outside/b", S_IFDIR));
}

TEST_F(BeneathTest, LoopsAndMagicLinksAreRefused) {
  Link("loop", "loop");
  EXPECT_FALSE(MakesDirectory("/loop/x"));
  EXPECT_EQ(errno, ELOOP);
  const sys::Fd host = *sys::Open("/", O_PATH | O_DIRECTORY);
  const std::string magic = absl::StrCat("/proc/self/fd/", root_.get());
  EXPECT_LT(OpenBelow(host.get(), magic.c_str(), O_PATH), 0);
  EXPECT_EQ(errno, ELOOP);
}

TEST_F(BeneathTest, FileIsNoDirectoryAndLinksMayBeForbidden) {
  ASSERT_TRUE(MakesFile("/file"));
  EXPECT_FALSE(MakesDirectory("/file"));
  EXPECT_EQ(errno, ENOTDIR);
  EXPECT_FALSE(MakesFile("/file/x"));
  Link("etc", "link");
  EXPECT_LT(OpenDirectoryBelow(root_.get(), "/link/x", RESOLVE_NO_SYMLINKS), 0);
  EXPECT_EQ(errno, ELOOP);
}

TEST_F(BeneathTest, PathThatIsTooLongIsRefused) {
  EXPECT_FALSE(MakesDirectory(std::string(5000, '/').append("a").c_str()));
  EXPECT_EQ(errno, ENAMETOOLONG);
  Link(std::string(4000, 'x'), "long");
  const std::string path = absl::StrCat("/long/", std::string(200, 'y'));
  EXPECT_FALSE(MakesDirectory(path.c_str()));
  EXPECT_EQ(errno, ENAMETOOLONG);
}

}  // namespace
}  // namespace cleat::runtime
