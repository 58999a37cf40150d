#include "lib/runtime/ulimit.h"

#include <sys/resource.h>

#include "gtest/gtest.h"

namespace cleat::runtime {
namespace {

TEST(UlimitTest, LimitsAreReadAsDockerReadsThem) {
  const auto both = ParseUlimit("nofile=1024:4096");
  ASSERT_TRUE(both.ok()) << both.status();
  EXPECT_EQ(both->type(), "RLIMIT_NOFILE");
  EXPECT_EQ(both->soft(), 1024);
  EXPECT_EQ(both->hard(), 4096);
  EXPECT_EQ(ParseUlimit("core=0")->hard(), 0);
  EXPECT_EQ(ParseUlimit("memlock=-1")->soft(), RLIM_INFINITY);
  EXPECT_EQ(ParseUlimit("stack=8192:unlimited")->hard(), RLIM_INFINITY);
}

TEST(UlimitTest, WhatIsNoLimitIsRefused) {
  for (const char* text :
       {"", "nofile", "=1", "nofile=", "nofile=x", "nofile=1:", "nofile=1:2:3",
        "nofile=-2", "nofile=2:1", "nofile=-1:5", "nofile= 1"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(ParseUlimit(text).status())) << text;
  }
}

}  // namespace
}  // namespace cleat::runtime
