#include "lib/procfs/mountinfo.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cleat::procfs {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kHost[] =
    R"(22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw,discard
33 31 0:30 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid shared:9 - cgroup cgroup rw,cpu,cpuacct
51 27 254:0 /var/lib /mnt/with\040space\011and\134012 ro shared:4 master:1 propagate_from:2 - ext4 /dev/vda rw
)";

TEST(ParseMountinfoTest, TakesEachFieldFromItsPlace) {
  const absl::StatusOr<std::vector<Mount>> mounts = ParseMountinfo(kHost);
  ASSERT_TRUE(mounts.ok()) << mounts.status();
  ASSERT_THAT(*mounts, SizeIs(4));
  const Mount& cpu = (*mounts)[2];
  EXPECT_EQ(cpu.id, 33);
  EXPECT_EQ(cpu.parent, 31);
  EXPECT_EQ(cpu.device, "0:30");
  EXPECT_EQ(cpu.root, "/");
  EXPECT_EQ(cpu.target, "/sys/fs/cgroup/cpu,cpuacct");
  EXPECT_THAT(cpu.options, ElementsAre("rw", "nosuid"));
  EXPECT_EQ(cpu.type, "cgroup");
  EXPECT_EQ(cpu.source, "cgroup");
  EXPECT_THAT(cpu.super_options, ElementsAre("rw", "cpu", "cpuacct"));
}

TEST(ParseMountinfoTest, ThereMayBeNoneOrManyOptionalFields) {
  const std::vector<Mount> mounts = *ParseMountinfo(kHost);
  EXPECT_THAT(mounts[0].propagation, IsEmpty());
  EXPECT_THAT(mounts[1].propagation, ElementsAre("shared:1"));
  EXPECT_THAT(mounts[3].propagation,
              ElementsAre("shared:4", "master:1", "propagate_from:2"));
}

TEST(ParseMountinfoTest, EscapesAreUndoneOnce) {
  const std::vector<Mount> mounts = *ParseMountinfo(kHost);
  EXPECT_EQ(mounts[3].target, "/mnt/with space\tand\\012");
}

TEST(ParseMountinfoTest, WhatIsNoEscapeStays) {
  const std::vector<Mount> mounts =
      *ParseMountinfo(R"(1 0 0:1 / /a\777\08\1 rw - tmpfs tmpfs rw)");
  EXPECT_EQ(mounts[0].target, R"(/a\777\08\1)");
}

TEST(ParseMountinfoTest, SourceMayBeEmpty) {
  const std::vector<Mount> mounts =
      *ParseMountinfo("1 0 0:1 / /a rw - tmpfs  rw,size=4k\n");
  EXPECT_EQ(mounts[0].source, "");
  EXPECT_THAT(mounts[0].super_options, ElementsAre("rw", "size=4k"));
}

TEST(ParseMountinfoTest, OptionIsFoundOnTheMountAndOnTheFileSystem) {
  const std::vector<Mount> mounts = *ParseMountinfo(kHost);
  EXPECT_TRUE(mounts[3].Has("ro"));
  EXPECT_TRUE(mounts[1].Has("discard"));
  EXPECT_FALSE(mounts[1].Has("disc"));
}

TEST(ParseMountinfoTest, WrongLineIsNamed) {
  for (const char* line :
       {"1", "1 2 0:1 / /a rw", "1 2 0:1 / /a rw shared:1 tmpfs tmpfs rw",
        "1 2 0:1 / /a rw - tmpfs tmpfs", "x 2 0:1 / /a rw - t t rw",
        "1 y 0:1 / /a rw - t t rw"}) {
    const absl::Status status =
        ParseMountinfo(absl::StrCat("1 0 0:1 / / rw - t t rw\n", line))
            .status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << line;
    EXPECT_THAT(status.message(), HasSubstr("line 2 is malformed")) << line;
  }
}

TEST(ReadMountinfoTest, OwnMountsContainTheOneItIsReadFrom) {
  const absl::StatusOr<std::vector<Mount>> mounts = ReadMountinfo();
  ASSERT_TRUE(mounts.ok()) << mounts.status();
  EXPECT_THAT(*mounts,
              testing::Contains(testing::Field(&Mount::target, "/proc")));
}

}  // namespace
}  // namespace cleat::procfs
