#include "lib/mount/idmapped.h"

#include <fcntl.h>
#include <sys/stat.h>
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

class IdmappedTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "idmapped mounts need root";
    directory_ = absl::StrCat(::testing::TempDir(), "/idmapped.", getpid());
    ASSERT_TRUE(sys::MakeDirectories(directory_).ok());
    ASSERT_TRUE(sys::WriteFileAtomic(directory_ + "/file", "x").ok());
    ASSERT_EQ(chown((directory_ + "/file").c_str(), 5, 7), 0);
  }
  void TearDown() override {
    if (directory_.empty()) return;
    EXPECT_TRUE(sys::RemoveTree(directory_).ok());
  }

  std::string directory_;
};

TEST_F(IdmappedTest, FilesShowTheOwnersThatTheMapSays) {
  const sys::Fd mount =
      std::move(*sys::CloneMount(AT_FDCWD, directory_, false));
  const sys::Fd names =
      std::move(*MakeIdMapNamespace({{5, 1005, 1}}, {{7, 2007, 1}}));
  const absl::Status status = SetIdMap(mount.get(), names.get(), false);
  if (absl::IsFailedPrecondition(status)) GTEST_SKIP() << status;
  ASSERT_TRUE(status.ok()) << status;
  struct stat info;
  ASSERT_EQ(fstatat(mount.get(), "file", &info, 0), 0);
  EXPECT_EQ(info.st_uid, 1005);
  EXPECT_EQ(info.st_gid, 2007);
  ASSERT_EQ(stat((directory_ + "/file").c_str(), &info), 0);
  EXPECT_EQ(info.st_uid, 5);
}

TEST_F(IdmappedTest, UnmappedOwnersAreNobody) {
  const sys::Fd mount =
      std::move(*sys::CloneMount(AT_FDCWD, directory_, false));
  const sys::Fd names =
      std::move(*MakeIdMapNamespace({{0, 1000, 1}}, {{0, 1000, 1}}));
  const absl::Status status = SetIdMap(mount.get(), names.get(), false);
  if (absl::IsFailedPrecondition(status)) GTEST_SKIP() << status;
  struct stat info;
  ASSERT_EQ(fstatat(mount.get(), "file", &info, 0), 0);
  EXPECT_EQ(info.st_uid, 65534);
}

TEST_F(IdmappedTest, FileSystemThatTakesNoPartIsNamedAsTheReason) {
  const sys::Fd mount = std::move(*sys::CloneMount(AT_FDCWD, "/proc", false));
  const sys::Fd names =
      std::move(*MakeIdMapNamespace({{0, 1000, 1}}, {{0, 1000, 1}}));
  const absl::Status status = SetIdMap(mount.get(), names.get(), false);
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("set id map: "));
}

TEST_F(IdmappedTest, OverlappingMapIsRefused) {
  EXPECT_FALSE(MakeIdMapNamespace({{0, 1, 2}, {1, 5, 1}}, {}).ok());
}

}  // namespace
}  // namespace cleat::mount
