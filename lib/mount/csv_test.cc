#include "lib/mount/csv.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cleat::mount {
namespace {

using ::testing::ElementsAre;

TEST(CsvTest, FieldsAreDividedByCommas) {
  EXPECT_THAT(*ParseCsv("a,b=c,,d"), ElementsAre("a", "b=c", "", "d"));
  EXPECT_THAT(*ParseCsv("a,"), ElementsAre("a", ""));
}

TEST(CsvTest, QuotedFieldKeepsCommasAndDoubledQuotes) {
  EXPECT_THAT(*ParseCsv(R"("src=/a,b",dst=/c)"),
              ElementsAre("src=/a,b", "dst=/c"));
  EXPECT_THAT(*ParseCsv(R"(x,"say ""no""")"), ElementsAre("x", R"(say "no")"));
  EXPECT_THAT(*ParseCsv("\"two\nlines\""), ElementsAre("two\nlines"));
}

TEST(CsvTest, WhatGoRefusesIsRefused) {
  for (const char* text :
       {"", "a\"b", "\"a", "\"a\"b", "a\nb", "a,\"b\"\"", "\r"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(ParseCsv(text).status())) << text;
  }
}

}  // namespace
}  // namespace cleat::mount
