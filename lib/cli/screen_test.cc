#include "lib/cli/screen.h"

#include "gtest/gtest.h"

namespace cleat::cli {
namespace {

TEST(ScreenTest, TextIsCutToTheWindow) {
  EXPECT_EQ(CutToWindow("one\ntwo\nthree\n", 10, 80), "one\ntwo\nthree\n");
  EXPECT_EQ(CutToWindow("one\ntwo\nthree\n", 2, 2), "on\ntw\n");
  EXPECT_EQ(CutToWindow("one\n", 0, 2), "");
}

TEST(ScreenTest, CharactersStayWhole) {
  EXPECT_EQ(CutToWindow("äöü\n", 1, 2), "äö\n");
}

}  // namespace
}  // namespace cleat::cli
