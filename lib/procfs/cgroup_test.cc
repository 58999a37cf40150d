#include "lib/procfs/cgroup.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cleat::procfs {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kHybrid[] = R"(9:name=systemd:/user.slice/a:b
2:cpu,cpuacct:/
1:pids:/../gone (deleted)
0::/user.slice
)";

TEST(ParseCgroupTest, TakesEachFieldFromItsPlace) {
  const absl::StatusOr<std::vector<CgroupMembership>> lines =
      ParseCgroup(kHybrid);
  ASSERT_TRUE(lines.ok()) << lines.status();
  ASSERT_THAT(*lines, SizeIs(4));
  EXPECT_EQ((*lines)[0].hierarchy, 9);
  EXPECT_THAT((*lines)[0].controllers, ElementsAre("name=systemd"));
  EXPECT_EQ((*lines)[0].path, "/user.slice/a:b");
  EXPECT_THAT((*lines)[1].controllers, ElementsAre("cpu", "cpuacct"));
}

TEST(ParseCgroupTest, HierarchyZeroIsTheUnifiedOne) {
  const std::vector<CgroupMembership> lines = *ParseCgroup(kHybrid);
  EXPECT_TRUE(lines[3].unified());
  EXPECT_THAT(lines[3].controllers, IsEmpty());
  EXPECT_FALSE(lines[2].unified());
}

TEST(ParseCgroupTest, MarkOfARemovedGroupIsNoPartOfItsPath) {
  EXPECT_EQ((*ParseCgroup(kHybrid))[2].path, "/../gone");
}

TEST(ParseCgroupTest, WrongLineIsNamed) {
  for (const char* line : {"1", "1:cpu", "x:cpu:/", "-1:cpu:/", "0:cpu:/",
                           "1::/", "1:cpu:relative"}) {
    const absl::Status status = ParseCgroup(line).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << line;
    EXPECT_THAT(status.message(), HasSubstr("line 1 is malformed")) << line;
  }
}

TEST(ReadCgroupTest, OwnGroupIsRead) {
  const absl::StatusOr<std::vector<CgroupMembership>> lines = ReadCgroup();
  if (absl::IsNotFound(lines.status())) GTEST_SKIP() << lines.status();
  EXPECT_TRUE(lines.ok()) << lines.status();
}

}  // namespace
}  // namespace cleat::procfs
