#include "lib/runtime/user_mounts.h"

#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/runtime/defaults.h"
#include "lib/sys/file.h"
#include "lib/sys/remove_tree.h"

namespace cleat::runtime {
namespace {

using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class UserMountsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    source_ = absl::StrCat(::testing::TempDir(), "/user_mounts.", getpid());
    ASSERT_TRUE(sys::MakeDirectories(source_).ok());
  }
  void TearDown() override { EXPECT_TRUE(sys::RemoveTree(source_).ok()); }

  absl::Status Add(const std::vector<std::string>& mounts) {
    proto::MountsSpec asked;
    for (const std::string& mount : mounts) asked.add_mounts(mount);
    return AddUserMounts(asked, &spec_);
  }
  std::vector<std::string> Targets() const {
    std::vector<std::string> targets;
    for (const proto::oci::Mount& mount : spec_.mounts()) {
      targets.push_back(mount.destination());
    }
    return targets;
  }
  // The last one, as a line.
  std::string Last() const {
    const proto::oci::Mount& mount = spec_.mounts(spec_.mounts_size() - 1);
    std::string line = absl::StrCat(mount.type(), " ", mount.source(), " ",
                                    mount.destination());
    for (const std::string& option : mount.options()) line += "," + option;
    return line;
  }

  std::string source_;
  proto::oci::Spec spec_ = DefaultSpec();
};

TEST_F(UserMountsTest, BindIsRecursiveAndPrivate) {
  ASSERT_TRUE(Add({absl::StrCat("volume=", source_, ":/app:nosuid")}).ok());
  EXPECT_EQ(Last(),
            absl::StrCat("bind ", source_, " /app,rbind,rprivate,nosuid"));
}

TEST_F(UserMountsTest, ReadOnlyIsRecursiveWhereTheKernelCan) {
  ASSERT_TRUE(Add({absl::StrCat("volume=", source_, ":/app:ro")}).ok());
  const std::string bind = absl::StrCat("bind ", source_, " /app,");
  EXPECT_THAT(Last(),
              AnyOf(bind + "rbind,rprivate,rro", bind + "rbind,rprivate,ro"));
  ASSERT_TRUE(Add({absl::StrCat("mount=type=bind,src=", source_,
                                ",dst=/one,ro,bind-recursive=writable")})
                  .ok());
  EXPECT_THAT(Last(), HasSubstr("/one,rbind,rprivate,ro"));
}

TEST_F(UserMountsTest, TmpfsIsReadOnlyByItself) {
  ASSERT_TRUE(Add({"mount=type=tmpfs,dst=/t,ro"}).ok());
  EXPECT_EQ(Last(), "tmpfs tmpfs /t,rprivate,noexec,nosuid,nodev,ro");
}

TEST_F(UserMountsTest, IdmapHasItsRangesInTheSpec) {
  ASSERT_TRUE(
      Add({absl::StrCat("volume=", source_, ":/app:idmap=uids=0-5-1")}).ok());
  const proto::oci::Mount& mount = spec_.mounts(spec_.mounts_size() - 1);
  EXPECT_THAT(Last(), HasSubstr(",ridmap"));
  ASSERT_EQ(mount.uid_mappings_size(), 1);
  EXPECT_EQ(mount.uid_mappings(0).host_id(), 5);
  EXPECT_EQ(mount.gid_mappings(0).host_id(), 5);
}

TEST_F(UserMountsTest, UsersMountTakesThePlaceOfTheDefaultsAtAndBelowIt) {
  ASSERT_TRUE(Add({absl::StrCat("volume=", source_, ":/dev")}).ok());
  EXPECT_THAT(Targets(),
              ElementsAre("/proc", "/sys", "/sys/fs/cgroup", "/dev"));
}

TEST_F(UserMountsTest, OrderIsTheOneGiven) {
  ASSERT_TRUE(Add({"tmpfs=/b/c", "tmpfs=/b", "tmpfs=/a"}).ok());
  std::vector<std::string> targets = Targets();
  targets.erase(targets.begin(), targets.end() - 3);
  EXPECT_THAT(targets, ElementsAre("/b/c", "/b", "/a"));
}

TEST_F(UserMountsTest, ShmSizeReplacesTheDefault) {
  proto::MountsSpec asked;
  asked.set_shm_size_bytes(4096);
  ASSERT_TRUE(AddUserMounts(asked, &spec_).ok());
  EXPECT_THAT(spec_.mounts(6).options(), Contains("size=4096"));
  EXPECT_THAT(spec_.mounts(6).options(), Not(Contains("size=65536k")));
}

TEST_F(UserMountsTest, SourceIsMadeForAVolumeOnly) {
  const std::string missing = source_ + "/a/b";
  EXPECT_TRUE(absl::IsNotFound(
      Add({absl::StrCat("mount=type=bind,src=", missing, ",dst=/x")})));
  EXPECT_FALSE(sys::Exists(missing));
  EXPECT_TRUE(Add({absl::StrCat("volume=", missing, ":/x")}).ok());
  EXPECT_TRUE(sys::Exists(missing));
}

TEST_F(UserMountsTest, SameTargetTwiceAndVolumesAreRefused) {
  EXPECT_EQ(Add({"tmpfs=/a", "tmpfs=/a/../a"}).message(),
            "--tmpfs=/a/../a: target /a is given twice");
  EXPECT_TRUE(absl::IsUnimplemented(Add({"volume=data:/a"})));
}

}  // namespace
}  // namespace cleat::runtime
