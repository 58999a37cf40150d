#include "lib/store/guard.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/store/file_lock.h"
#include "lib/sys/file.h"
#include "lib/testing/scoped_temp_dir.h"

namespace cleat::store {
namespace {

using ::testing::HasSubstr;

class GuardTest : public ::testing::Test {
 protected:
  const std::string& root() const { return dir_.path(); }

  testing::ScopedTempDir dir_;
};

TEST_F(GuardTest, StoreThatNoDockerdHasUsedIsFree) {
  EXPECT_FALSE(GuardWriting(root())->valid());
  EXPECT_TRUE(CheckLayout(root()).ok());
}

TEST_F(GuardTest, LiveDockerdKeepsOthersFromWriting) {
  const std::string db = root() + "/volumes/metadata.db";
  ASSERT_TRUE(sys::MakeDirectories(root() + "/volumes").ok());
  ASSERT_TRUE(sys::WriteFileAtomic(db, "").ok());
  {
    const sys::Fd dockerd = *LockFile(db, LockMode::kExclusive);
    const absl::Status status = GuardWriting(root()).status();
    EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr("a dockerd runs"));
  }
  // Several of us may write at once, and keep a dockerd from starting.
  const sys::Fd one = *GuardWriting(root());
  EXPECT_TRUE(GuardWriting(root()).ok());
  EXPECT_TRUE(
      absl::IsUnavailable(TryLockFile(db, LockMode::kExclusive).status()));
}

TEST_F(GuardTest, OtherEnginesStoresAreNamed) {
  ASSERT_TRUE(sys::MakeDirectories(root() + "/rootfs/overlayfs").ok());
  EXPECT_THAT(std::string(CheckLayout(root()).message()),
              HasSubstr("in containerd"));
  // A graph driver's store beside it counts.
  ASSERT_TRUE(sys::MakeDirectories(root() + "/image/vfs/imagedb").ok());
  EXPECT_TRUE(CheckLayout(root()).ok());
}

}  // namespace
}  // namespace cleat::store
