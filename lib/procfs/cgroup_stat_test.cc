#include "lib/procfs/cgroup_stat.h"

#include <limits>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cleat::procfs {
namespace {

using ::testing::ElementsAre;

TEST(CgroupStatTest, OnlyNumbersAreNumbers) {
  EXPECT_EQ(ParseStatNumber("0\n"), 0);
  EXPECT_EQ(ParseStatNumber("1048576\n"), 1048576);
  EXPECT_EQ(ParseStatNumber("18446744073709551615"),
            std::numeric_limits<int64_t>::max());
  for (const char* text : {"", "\n", "max\n", "-1", "1 2", "0x10", "1.5"}) {
    EXPECT_EQ(ParseStatNumber(text), absl::nullopt) << text;
  }
}

TEST(CgroupStatTest, DecimalsAreHundredths) {
  EXPECT_EQ(ParseStatHundredths("0.00"), 0);
  EXPECT_EQ(ParseStatHundredths("0.05"), 5);
  EXPECT_EQ(ParseStatHundredths("99.71"), 9971);
  EXPECT_EQ(ParseStatHundredths("3.5"), 350);
  EXPECT_EQ(ParseStatHundredths("100"), 10000);
  for (const char* text : {"", ".5", "1.234", "-1.00", "1.x", "1e3"}) {
    EXPECT_EQ(ParseStatHundredths(text), absl::nullopt) << text;
  }
}

std::vector<std::string> Nested(absl::string_view text) {
  std::vector<std::string> all;
  ForEachNestedStat(text, [&](auto name, auto key, auto value) {
    all.push_back(absl::StrCat(name, "|", key, "|", value));
  });
  return all;
}

TEST(CgroupStatTest, FlatLinesHaveAKeyAndAValue) {
  std::vector<std::string> all;
  ForEachFlatStat("anon 4096\n\nfile\nslab 12\nlast 7",
                  [&](auto key, auto value) {
                    all.push_back(absl::StrCat(key, "|", value));
                  });
  EXPECT_THAT(all, ElementsAre("anon|4096", "slab|12", "last|7"));
}

TEST(CgroupStatTest, NestedLinesHaveANameAndPairs) {
  EXPECT_THAT(Nested("8:0 rbytes=1 wbytes=2\n8:16 \n253:0 rios=3\n"),
              ElementsAre("8:0|rbytes|1", "8:0|wbytes|2", "253:0|rios|3"));
  EXPECT_THAT(Nested("some avg10=0.12 total=9\nfull alone avg10=\n"),
              ElementsAre("some|avg10|0.12", "some|total|9"));
}

TEST(CgroupStatTest, BlkioLinesHaveThreeWords) {
  std::vector<std::string> all;
  ForEachBlkioStat("8:0 Read 10\n8:0 Write 20\n8:0 Total 30\nTotal 30\n",
                   [&](auto name, auto key, auto value) {
                     all.push_back(absl::StrCat(name, "|", key, "|", value));
                   });
  EXPECT_THAT(all, ElementsAre("8:0|Read|10", "8:0|Write|20", "8:0|Total|30"));
}

}  // namespace
}  // namespace cleat::procfs
