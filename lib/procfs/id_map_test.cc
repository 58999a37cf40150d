#include "lib/procfs/id_map.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cleat::procfs {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// As newuidmap writes it for an ordinary user.
constexpr char kRootless[] =
    "         0       1000          1\n"
    "         1     100000      65536\n";

TEST(ParseIdMapTest, TakesEachColumnFromItsPlace) {
  const absl::StatusOr<std::vector<IdRange>> map = ParseIdMap(kRootless);
  ASSERT_TRUE(map.ok()) << map.status();
  ASSERT_THAT(*map, SizeIs(2));
  EXPECT_EQ((*map)[1].inside, 1);
  EXPECT_EQ((*map)[1].outside, 100000);
  EXPECT_EQ((*map)[1].count, 65536);
}

TEST(ParseIdMapTest, WholeRangeOfTheFirstNamespaceFits) {
  const std::vector<IdRange> map = *ParseIdMap("0 0 4294967295\n");
  EXPECT_EQ(map[0].count, 4294967295);
}

TEST(ParseIdMapTest, UnwrittenMapIsEmpty) {
  EXPECT_THAT(*ParseIdMap(""), IsEmpty());
}

TEST(ParseIdMapTest, WrongLineIsNamed) {
  for (const char* line : {"0 0", "0 0 1 1", "a 0 1", "0 -1 1", "0 0 0",
                           "1 0 4294967296", "2 0 4294967295"}) {
    const absl::Status status = ParseIdMap(line).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << line;
    EXPECT_THAT(status.message(), HasSubstr(line));
  }
}

TEST(MapIdTest, MapsBothWaysAndOnlyWhatIsMapped) {
  const std::vector<IdRange> map = *ParseIdMap(kRootless);
  EXPECT_EQ(MapOut(map, 0), 1000);
  EXPECT_EQ(MapOut(map, 65536), 165535);
  EXPECT_EQ(MapOut(map, 65537), absl::nullopt);
  EXPECT_EQ(MapIn(map, 1000), 0);
  EXPECT_EQ(MapIn(map, 100000), 1);
  EXPECT_EQ(MapIn(map, 1001), absl::nullopt);
}

TEST(ReadIdMapTest, OwnMapIsRead) {
  EXPECT_TRUE(ReadIdMap("uid_map").ok());
  EXPECT_TRUE(ReadIdMap("gid_map").ok());
}

}  // namespace
}  // namespace cleat::procfs
