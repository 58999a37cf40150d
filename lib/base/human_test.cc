#include "lib/base/human.h"

#include "gtest/gtest.h"

namespace cleat {
namespace {

TEST(HumanTest, BytesAreDockers) {
  EXPECT_EQ(FormatDecimalBytes(0), "0B");
  EXPECT_EQ(FormatDecimalBytes(999), "999B");
  EXPECT_EQ(FormatDecimalBytes(1500), "1.5kB");
  EXPECT_EQ(FormatDecimalBytes(3031395), "3.03MB");
  EXPECT_EQ(FormatDecimalBytes(1240000000), "1.24GB");
}

TEST(HumanTest, AgesAreDockers) {
  EXPECT_EQ(FormatAge(absl::Milliseconds(10)), "Less than a second");
  EXPECT_EQ(FormatAge(absl::Seconds(1)), "1 second");
  EXPECT_EQ(FormatAge(absl::Seconds(59)), "59 seconds");
  EXPECT_EQ(FormatAge(absl::Seconds(60)), "About a minute");
  EXPECT_EQ(FormatAge(absl::Minutes(59)), "59 minutes");
  EXPECT_EQ(FormatAge(absl::Minutes(61)), "About an hour");
  EXPECT_EQ(FormatAge(absl::Hours(47)), "47 hours");
  EXPECT_EQ(FormatAge(absl::Hours(48)), "2 days");
  EXPECT_EQ(FormatAge(absl::Hours(24 * 15)), "2 weeks");
  EXPECT_EQ(FormatAge(absl::Hours(24 * 100)), "3 months");
  EXPECT_EQ(FormatAge(absl::Hours(24 * 800)), "2 years");
}

}  // namespace
}  // namespace cleat
