#include "lib/image/platform.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cleat::image {
namespace {

using ::testing::HasSubstr;

proto::Platform P(absl::string_view text) { return *ParsePlatform(text); }

TEST(PlatformTest, TextIsReadAndWritten) {
  EXPECT_EQ(P("linux/arm/v7").variant(), "v7");
  EXPECT_EQ(FormatPlatform(P("linux/arm/v7")), "linux/arm/v7");
  EXPECT_EQ(FormatPlatform(P("linux/amd64")), "linux/amd64");
  for (const char* bad : {"", "linux", "linux/", "/amd64", "a/b/c/d"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(ParsePlatform(bad).status())) << bad;
  }
}

TEST(PlatformTest, HostIsALinux) {
  EXPECT_EQ(HostPlatform().os(), "linux");
  EXPECT_FALSE(HostPlatform().architecture().empty());
}

TEST(PlatformTest, OlderVariantsRunAndLaterOnesDoNot) {
  EXPECT_TRUE(Runs(P("linux/arm/v7"), P("linux/arm/v6")));
  EXPECT_FALSE(Runs(P("linux/arm/v6"), P("linux/arm/v7")));
  EXPECT_TRUE(Runs(P("linux/arm64"), P("linux/arm64/v8")));
  EXPECT_TRUE(Runs(P("linux/arm"), P("linux/arm/v7")));
  EXPECT_FALSE(Runs(P("linux/amd64"), P("linux/amd64/v3")));
  EXPECT_TRUE(Runs(P("linux/amd64/v3"), P("linux/amd64")));
  EXPECT_FALSE(Runs(P("linux/arm64"), P("linux/arm/v7")));
  EXPECT_FALSE(Runs(P("linux/mips/softfloat"), P("linux/mips/hardfloat")));
}

TEST(PlatformTest, LatestVariantThatRunsIsChosen) {
  EXPECT_EQ(
      *ChoosePlatform(P("linux/arm/v7"), {P("linux/arm/v5"), P("linux/arm/v7"),
                                          P("linux/arm/v6"), P("linux/arm64")}),
      1u);
}

TEST(PlatformTest, ErrorListsWhatIsOffered) {
  const absl::Status status =
      ChoosePlatform(P("linux/s390x"), {P("linux/amd64"), P("linux/arm/v7")})
          .status();
  EXPECT_TRUE(absl::IsNotFound(status));
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("linux/s390x; there is linux/amd64, linux/arm/v7"));
}

}  // namespace
}  // namespace cleat::image
