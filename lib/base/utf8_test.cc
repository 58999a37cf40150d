#include "lib/base/utf8.h"

#include "gtest/gtest.h"

namespace cleat {
namespace {

TEST(Utf8Test, LengthsOfWellFormedSequences) {
  EXPECT_EQ(Utf8Length("a\xff"), 1);
  EXPECT_EQ(Utf8Length("\xC3\xA9"), 2);
  EXPECT_EQ(Utf8Length("\xE2\x94\x94x"), 3);
  EXPECT_EQ(Utf8Length("\xF0\x9F\x90\xA7"), 4);
}

TEST(Utf8Test, WhatIsIllFormedHasNone) {
  // Nothing, a continuation, an overlong form, a surrogate, a number beyond
  // the last one, and what is cut off.
  for (const char* text : {"", "\x80", "\xC0\x80", "\xED\xA0\x80",
                           "\xF4\x90\x80\x80", "\xE2\x94", "\xF0\x9F\x90"}) {
    EXPECT_EQ(Utf8Length(text), 0) << text;
  }
}

TEST(Utf8Test, WhatIsPrintableStaysAsItIs) {
  EXPECT_EQ(Printable("sh -c \xC3\xA9 \xE2\x94\x94 \xF0\x9F\x90\xA7"),
            "sh -c \xC3\xA9 \xE2\x94\x94 \xF0\x9F\x90\xA7");
}

TEST(Utf8Test, ControlsOfSevenAndEightBitsAreNotShown) {
  EXPECT_EQ(Printable("\x1b[2J\n\t\x7f"), "?[2J???");
  EXPECT_EQ(Printable("\xC2\x9B"
                      "2J"),
            "?2J");
  EXPECT_EQ(Printable("\x9B"
                      "2J"),
            "?2J");
}

TEST(Utf8Test, NothingTurnsTheDirectionOfWriting) {
  EXPECT_EQ(Printable("a\xE2\x80\xAE"
                      "b\xE2\x81\xA6"
                      "c"),
            "a?b?c");
}

TEST(Utf8Test, BytesThatAreNotUtf8AreNotShown) {
  EXPECT_EQ(Printable("a\xff\xE2\x94z"), "a???z");
}

}  // namespace
}  // namespace cleat
