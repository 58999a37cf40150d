#include "lib/base/units.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cleat {
namespace {

using ::testing::ElementsAre;

TEST(UnitsTest, BytesTakeEverySuffixAsAPowerOf1024) {
  EXPECT_EQ(*ParseBytes("4096"), 4096);
  EXPECT_EQ(*ParseBytes("64k"), 65536);
  EXPECT_EQ(*ParseBytes("1.5g"), 1610612736);
  EXPECT_EQ(*ParseBytes("1GiB"), 1073741824);
  EXPECT_EQ(*ParseBytes("10MB"), 10485760);
  EXPECT_EQ(*ParseBytes("0"), 0);
}

TEST(UnitsTest, BytesRefuseWhatIsNoSize) {
  for (const char* text : {"", "k", "-1", "1.2.3", "12q", " 1", "1 k", "0x10",
                           "9223372036854775808", "9999999999t", "1.", ".5"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(ParseBytes(text).status())) << text;
  }
}

TEST(UnitsTest, UnlimitedIsMinusOne) {
  EXPECT_EQ(*ParseBytesOrUnlimited("-1"), -1);
  EXPECT_EQ(*ParseBytesOrUnlimited("max"), -1);
  EXPECT_EQ(*ParseCount("unlimited"), -1);
  EXPECT_EQ(*ParseCount("50"), 50);
  EXPECT_FALSE(ParseCount("-2").ok());
  EXPECT_FALSE(ParseCount("5x").ok());
}

TEST(UnitsTest, DurationsAreMicroseconds) {
  EXPECT_EQ(*ParseDuration("100ms"), 100000);
  EXPECT_EQ(*ParseDuration("1.5s"), 1500000);
  EXPECT_EQ(*ParseDuration("10"), 10000000);
  EXPECT_EQ(*ParseDuration("2m"), 120000000);
  EXPECT_FALSE(ParseDuration("2d").ok());
}

TEST(UnitsTest, NanoIsExact) {
  EXPECT_EQ(*ParseNano("0.5"), 500000000);
  EXPECT_EQ(*ParseNano("1.000000001"), 1000000001);
  EXPECT_EQ(*ParseNano("2"), 2000000000);
  EXPECT_EQ(*ParseNano(".5"), 500000000);
  EXPECT_FALSE(ParseNano(".").ok());
  EXPECT_FALSE(ParseNano("").ok());
  EXPECT_FALSE(ParseNano("0.0000000001").ok());
  EXPECT_FALSE(ParseNano("half").ok());
}

TEST(UnitsTest, OctalModes) {
  EXPECT_EQ(*ParseOctal("0755"), 0755);
  EXPECT_EQ(*ParseOctal("4755"), 04755);
  EXPECT_FALSE(ParseOctal("0788").ok());
  EXPECT_FALSE(ParseOctal("777777").ok());
}

TEST(UnitsTest, ListsAreSortedAndUnique) {
  EXPECT_THAT(*ParseList("0-2,4"), ElementsAre(0, 1, 2, 4));
  EXPECT_THAT(*ParseList("4,1,1-2"), ElementsAre(1, 2, 4));
  for (const char* text : {"", "1,", "2-1", "-1", "1-2-3", "a", "9999999999"}) {
    EXPECT_FALSE(ParseList(text).ok()) << text;
  }
}

TEST(UnitsTest, BytesAreFormattedShort) {
  EXPECT_EQ(FormatBytes(512), "512B");
  EXPECT_EQ(FormatBytes(1536), "1.5KiB");
  EXPECT_EQ(FormatBytes(64 << 20), "64MiB");
}

}  // namespace
}  // namespace cleat
