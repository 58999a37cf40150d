#include "lib/log/options.h"

#include "gtest/gtest.h"

namespace cleat::log {
namespace {

TEST(LogOptionsTest, DefaultKeepsOneFileWithoutBound) {
  const Options options = *ParseOptions("", {});
  EXPECT_TRUE(options.keep);
  EXPECT_EQ(options.max_size, 0);
  EXPECT_EQ(options.max_files, 1);
}

TEST(LogOptionsTest, TakesDockersNames) {
  const Options options =
      *ParseOptions("json-file", {"max-size=10m", "max-file=3"});
  EXPECT_EQ(options.max_size, 10 << 20);
  EXPECT_EQ(options.max_files, 3);
  EXPECT_FALSE(ParseOptions("none", {})->keep);
}

TEST(LogOptionsTest, RefusesWhatItDoesNotDo) {
  for (const char* pair :
       {"", "max-size", "max-size=", "max-size=0", "max-size=x", "max-file=0",
        "max-file=-1", "max-file=2", "compress=true"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(ParseOptions("", {pair}).status()))
        << pair;
  }
  EXPECT_TRUE(absl::IsInvalidArgument(ParseOptions("syslog", {}).status()));
  EXPECT_TRUE(
      absl::IsInvalidArgument(ParseOptions("none", {"max-size=1"}).status()));
}

}  // namespace
}  // namespace cleat::log
