#include "lib/ns/id_map.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace cleat::ns {
namespace {

using ::testing::HasSubstr;

const IdMap& InitialMap() {
  static const auto* const kMap = new IdMap{{0, 0, 4294967295}};
  return *kMap;
}

std::string Parsed(absl::string_view text) {
  const absl::StatusOr<IdRange> range = ParseIdRange(text);
  return range.ok() ? FormatIdRange(*range)
                    : std::string(range.status().message());
}

std::string Checked(const IdMap& map, const IdMap& parent = InitialMap()) {
  return std::string(CheckIdMap(IdKind::kUser, map, parent).message());
}

TEST(ParseIdRangeTest, TakesColons) {
  EXPECT_EQ(Parsed("0:100000:65536"), "0:100000:65536");
  EXPECT_EQ(Parsed("7:1000"), "7:1000:1");
  EXPECT_EQ(Parsed("0:0:4294967295"), "0:0:4294967295");
}

TEST(ParseIdRangeTest, TakesTheOldFormOutsideFirst) {
  EXPECT_EQ(Parsed("100000,0,65536"), "0:100000:65536");
}

TEST(ParseIdRangeTest, RefusesWhatIsNoRange) {
  for (const char* text :
       {"", "1", ":", "1:", ":1", "1:2:", "1:2:3:4", "a:b:c", "1,2", "1:2,3",
        "-1:0:1", "0:0:4294967296", "4294967296:0:1", "auto", "1 2 3"}) {
    EXPECT_THAT(Parsed(text), HasSubstr("is no INSIDE:OUTSIDE:COUNT")) << text;
  }
}

TEST(ParseIdRangeTest, RefusesEmptyAndOverlongRanges) {
  EXPECT_EQ(Parsed("0:0:0"), "'0:0:0': has no ids");
  EXPECT_EQ(Parsed("1:0:4294967295"),
            "'1:0:4294967295': reaches beyond 4294967294");
  EXPECT_THAT(Parsed("0:4294967295:1"), HasSubstr("reaches beyond"));
  EXPECT_THAT(Parsed("0:4294967290:10"), HasSubstr("reaches beyond"));
}

TEST(FormatIdMapTest, WritesALinePerRange) {
  EXPECT_EQ(FormatIdMap({{0, 1000, 1}, {1, 100000, 65536}}),
            "0 1000 1\n1 100000 65536\n");
}

TEST(CheckIdMapTest, AllowsWhatTheKernelAllows) {
  EXPECT_EQ(Checked({}), "");
  EXPECT_EQ(Checked({{0, 1000, 1}, {1, 100000, 65536}}), "");
  EXPECT_EQ(Checked({{10, 0, 5}, {5, 5, 5}, {0, 10, 5}}), "");
  EXPECT_EQ(Checked(InitialMap()), "");
}

TEST(CheckIdMapTest, RefusesOverlaps) {
  EXPECT_EQ(Checked({{5, 2000, 3}, {0, 1000, 6}}),
            "user id map: 0:1000:6 and 5:2000:3 overlap inside");
  EXPECT_EQ(Checked({{0, 1000, 6}, {100, 1005, 1}}),
            "user id map: 0:1000:6 and 100:1005:1 overlap outside");
  EXPECT_EQ(Checked({{0, 4294967290, 5}, {5, 4294967294, 1}}),
            "user id map: 0:4294967290:5 and 5:4294967294:1 overlap outside");
}

TEST(CheckIdMapTest, RefusesEmptyAndOverlongRanges) {
  EXPECT_EQ(Checked({{0, 0, 0}}), "user id map: 0:0:0 has no ids");
  EXPECT_THAT(Checked({{1, 0, 4294967295}}), HasSubstr("reaches beyond"));
}

TEST(CheckIdMapTest, RefusesIdsThatTheParentLacks) {
  const IdMap parent = {{0, 1000, 1}, {1, 100000, 65536}};
  EXPECT_EQ(Checked({{0, 0, 1}, {1, 1, 65536}}, parent), "");
  EXPECT_EQ(Checked({{0, 65536, 2}}, parent),
            "user id map: 0:65536:2: no one range of /proc/self/uid_map has "
            "the outside ids 65536 to 65537");
  // It must be one range of the parent's that has them all.
  EXPECT_THAT(Checked({{0, 0, 2}}, parent), HasSubstr("no one range"));
}

TEST(CheckIdMapTest, RefusesWhatOneWriteCannotHold) {
  IdMap map;
  for (uint32_t i = 0; i < 341; ++i) map.push_back({i, i, 1});
  EXPECT_EQ(Checked(map),
            "user id map: 341 ranges: the kernel takes at most 340");
  map.pop_back();
  EXPECT_EQ(Checked(map), "");
  for (IdRange& range : map) range.outside += 1000000000;
  EXPECT_THAT(Checked(map), HasSubstr("in one write of less than"));
}

TEST(CheckIdMapTest, NamesGroups) {
  EXPECT_EQ(CheckIdMap(IdKind::kGroup, {{0, 7, 1}}, {{0, 0, 7}}).message(),
            "group id map: 0:7:1: no one range of /proc/self/gid_map has the "
            "outside ids 7 to 7");
}

TEST(AddSingleIdTest, LeavesAHole) {
  IdMap map = {{0, 100000, 65536}};
  AddSingleId(0, 1000, &map);
  EXPECT_EQ(FormatIdMap(map), "0 1000 1\n1 100000 65535\n");
  map = {{0, 100000, 10}};
  AddSingleId(5, 1000, &map);
  EXPECT_EQ(FormatIdMap(map), "5 1000 1\n0 100000 5\n6 100005 4\n");
}

TEST(AddSingleIdTest, LeavesAHoleOutside) {
  IdMap map = {{1000, 998, 4}};
  AddSingleId(0, 1000, &map);
  EXPECT_EQ(FormatIdMap(map), "0 1000 1\n1000 998 2\n1002 1001 1\n");
}

TEST(AddSingleIdTest, LeavesTwoHolesOfOneRange) {
  IdMap map = {{0, 100, 10}};
  AddSingleId(2, 106, &map);
  EXPECT_EQ(FormatIdMap(map), "2 106 1\n0 100 2\n3 102 4\n7 107 3\n");
  EXPECT_EQ(Checked(map), "");
  map = {{0, 100, 3}};
  AddSingleId(1, 101, &map);
  EXPECT_EQ(FormatIdMap(map), "1 101 1\n0 100 1\n2 102 1\n");
}

TEST(AddSingleIdTest, MayLeaveNothing) {
  IdMap map = {{0, 100, 1}};
  AddSingleId(0, 7, &map);
  EXPECT_EQ(FormatIdMap(map), "0 7 1\n");
}

TEST(AddSingleIdTest, IsTheWholeOfAnEmptyMap) {
  IdMap map;
  AddSingleId(0, 1000, &map);
  EXPECT_EQ(FormatIdMap(map), "0 1000 1\n");
}

}  // namespace
}  // namespace cleat::ns
