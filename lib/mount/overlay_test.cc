#include "lib/mount/overlay.h"

#include <sys/mount.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/sys/file.h"
#include "lib/sys/mount.h"
#include "lib/sys/remove_tree.h"

namespace cleat::mount {
namespace {

using ::testing::HasSubstr;

// A tree of layers in memory that nothing outlives: it is on a detached
// mount, reached by descriptor.
class OverlayTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "mounting needs root";
    directory_ = absl::StrCat(::testing::TempDir(), "/overlay.", getpid());
    ASSERT_TRUE(sys::MakeDirectories(directory_).ok());
  }
  void TearDown() override { EXPECT_TRUE(sys::RemoveTree(directory_).ok()); }

  std::string Layer(const std::string& name, const std::string& file) {
    const std::string path = absl::StrCat(directory_, "/", name);
    EXPECT_TRUE(sys::MakeDirectories(path).ok());
    EXPECT_TRUE(sys::WriteFileAtomic(path + "/" + file, name).ok());
    EXPECT_TRUE(sys::WriteFileAtomic(path + "/top", name).ok());
    return path;
  }

  void AddUpper(Overlay& overlay) {
    overlay.upper = directory_ + "/upper";
    overlay.work = directory_ + "/work";
    ASSERT_TRUE(sys::MakeDirectories(overlay.upper).ok());
    ASSERT_TRUE(sys::MakeDirectories(overlay.work).ok());
  }

  static std::string Read(const sys::Fd& root, const std::string& path) {
    return *sys::ReadFileAt(root.get(), path);
  }

  std::string directory_;
};

TEST_F(OverlayTest, TopLayerWinsAndAllAreSeen) {
  Overlay overlay;
  overlay.lower = {Layer("a", "in_a"), Layer("b", "in_b"), Layer("c", "in_c")};
  AddUpper(overlay);
  absl::StatusOr<sys::Fd> root = MountOverlay(overlay);
  ASSERT_TRUE(root.ok()) << root.status();
  EXPECT_EQ(Read(*root, "top"), "a");
  EXPECT_EQ(Read(*root, "in_c"), "c");
}

TEST_F(OverlayTest, WritesGoToTheUpperDirectoryOnly) {
  Overlay overlay;
  overlay.lower = {Layer("a", "file")};
  overlay.volatile_upper = true;
  AddUpper(overlay);
  absl::StatusOr<sys::Fd> root = MountOverlay(overlay);
  ASSERT_TRUE(root.ok()) << root.status();
  ASSERT_TRUE(sys::OpenAt(root->get(), "new", O_CREAT | O_WRONLY).ok());
  EXPECT_TRUE(sys::Exists(overlay.upper + "/new"));
  EXPECT_FALSE(sys::Exists(overlay.lower[0] + "/new"));
}

TEST_F(OverlayTest, PathsMayHaveColonsCommasBackslashesAndBeLong) {
  Overlay overlay;
  const std::string odd = absl::StrCat("o:d,d\\ \n\xff", std::string(230, 'x'));
  overlay.lower = {Layer(odd, "file"), Layer("b", "in_b")};
  directory_ += "/sub:dir,";
  AddUpper(overlay);
  absl::StatusOr<sys::Fd> root = MountOverlay(overlay);
  directory_ = directory_.substr(0, directory_.rfind('/'));
  ASSERT_TRUE(root.ok()) << root.status();
  EXPECT_EQ(Read(*root, "top"), odd);
  EXPECT_EQ(Read(*root, "in_b"), "b");
}

TEST_F(OverlayTest, SingleLayerIsBoundReadOnly) {
  Overlay overlay;
  overlay.lower = {Layer("a", "file")};
  absl::StatusOr<sys::Fd> root = MountOverlay(overlay);
  ASSERT_TRUE(root.ok()) << root.status();
  EXPECT_EQ(Read(*root, "file"), "a");
  EXPECT_EQ(sys::OpenAt(root->get(), "new", O_CREAT | O_WRONLY).status().code(),
            absl::ErrnoToStatusCode(EROFS));
}

TEST_F(OverlayTest, HundredLayersAreMounted) {
  Overlay overlay;
  for (int i = 0; i < 100; ++i) {
    overlay.lower.push_back(
        Layer(absl::StrCat("l", i), absl::StrCat("in_", i)));
  }
  AddUpper(overlay);
  absl::StatusOr<sys::Fd> root = MountOverlay(overlay);
  ASSERT_TRUE(root.ok()) << root.status();
  EXPECT_EQ(Read(*root, "in_99"), "l99");
}

TEST_F(OverlayTest, UpperInMemoryLeavesTheCallersNamespaceAlone) {
  Overlay overlay;
  overlay.lower = {Layer("a", "file")};
  char before[64] = {}, after[64] = {};
  ASSERT_GT(readlink("/proc/self/ns/mnt", before, 63), 0);
  absl::StatusOr<sys::Fd> root = MountOverlayOnTmpfs(overlay, {1 << 20});
  ASSERT_TRUE(root.ok()) << root.status();
  ASSERT_GT(readlink("/proc/self/ns/mnt", after, 63), 0);
  EXPECT_STREQ(before, after);
  ASSERT_TRUE(sys::OpenAt(root->get(), "new", O_CREAT | O_WRONLY).ok());
  EXPECT_EQ(Read(*root, "file"), "a");
}

TEST_F(OverlayTest, OverlayAsUpperIsRefusedWithTheCure) {
  Overlay base;
  base.lower = {Layer("a", "file"), Layer("b", "file")};
  AddUpper(base);
  absl::StatusOr<sys::Fd> root = MountOverlay(base);
  ASSERT_TRUE(root.ok()) << root.status();
  ASSERT_EQ(mkdirat(root->get(), "upper", 0755), 0);
  ASSERT_EQ(mkdirat(root->get(), "work", 0755), 0);
  Overlay nested;
  nested.lower = {base.lower[0]};
  nested.upper = absl::StrCat("/proc/self/fd/", root->get(), "/upper");
  nested.work = absl::StrCat("/proc/self/fd/", root->get(), "/work");
  const absl::Status status = MountOverlay(nested).status();
  EXPECT_FALSE(status.ok());
  EXPECT_THAT(std::string(status.message()), HasSubstr("cannot carry"));
}

TEST_F(OverlayTest, MissingLayerIsNamed) {
  Overlay overlay;
  overlay.lower = {directory_ + "/absent", Layer("b", "file")};
  const absl::Status status = MountOverlay(overlay).status();
  EXPECT_TRUE(absl::IsNotFound(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("absent"));
}

TEST_F(OverlayTest, NoLayerAndTooManyAreRefused) {
  Overlay overlay;
  EXPECT_TRUE(absl::IsInvalidArgument(MountOverlay(overlay).status()));
  overlay.lower.assign(501, "/");
  EXPECT_TRUE(absl::IsInvalidArgument(MountOverlay(overlay).status()));
}

}  // namespace
}  // namespace cleat::mount
