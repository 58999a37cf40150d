#include "lib/tarsplit/utf8.h"

#include "gtest/gtest.h"

namespace cleat::tarsplit {
namespace {

TEST(Utf8Test, TextIsPlain) {
  for (const char* text : {"", "etc/passwd", "\xc3\xa9", "\xe2\x82\xac",
                           "\xf0\x9f\x98\x80", "\xef\xbf\xbc"}) {
    EXPECT_TRUE(IsPlainUtf8(text)) << text;
  }
}

TEST(Utf8Test, BytesThatAreNoTextAreNot) {
  for (const char* text :
       {"\xe9", "a\xc3", "\x80", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80",
        "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80", "\xc3(", "\xff"}) {
    EXPECT_FALSE(IsPlainUtf8(text)) << text;
  }
}

// Go cannot tell it from its own mark.
TEST(Utf8Test, TheReplacementCharacterIsNotPlain) {
  EXPECT_FALSE(IsPlainUtf8("\xef\xbf\xbd"));
}

}  // namespace
}  // namespace cleat::tarsplit
