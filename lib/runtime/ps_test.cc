#include "lib/runtime/ps.h"

#include "gtest/gtest.h"

namespace cleat::runtime {
namespace {

TEST(FilterPsTest, KeepsTheHeadingAndTheLinesOfTheseProcesses) {
  EXPECT_EQ(*FilterPs("  PID CMD\n    1 init\n   12 a 3\n    3 b\n", {12, 3}),
            "  PID CMD\n   12 a 3\n    3 b\n");
}

TEST(FilterPsTest, FindsTheColumnWhereverItIs) {
  EXPECT_EQ(*FilterPs("USER PID\nroot 7\nroot 8\n7 9\n", {7}),
            "USER PID\nroot 7\n");
}

TEST(FilterPsTest, OutputWithoutPidsIsRefused) {
  for (const char* output : {"", "USER\nroot\n", "PPID\n1\n"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(FilterPs(output, {1}).status()))
        << output;
  }
}

TEST(FilterPsTest, ShortLinesAreNoProcesses) {
  EXPECT_EQ(*FilterPs("USER PID\n\nroot\n", {1}), "USER PID\n");
}

}  // namespace
}  // namespace cleat::runtime
