#include "lib/cli/table.h"

#include "gtest/gtest.h"

namespace cleat::cli {
namespace {

TEST(TableTest, ColumnsAreAlignedAndControlBytesHarmless) {
  Table table({"ID", "NAME"});
  table.AddRow({"1", "a"});
  table.AddRow({"long", "\x1b[2J\xc3\xa9\xc2\x9b"});
  EXPECT_EQ(table.ToString(),
            "ID    NAME\n"
            "1     a\n"
            "long  ?[2J\xc3\xa9?\n");
}

TEST(TableTest, LinesEndAtTheWidth) {
  Table table({"ID", "NAME"});
  table.AddRow({"1", "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"});
  table.AddRow({"2", "abcd"});
  EXPECT_EQ(table.ToString(7),
            "ID  NAM\n"
            "1   \xc3\xa9\xc3\xa9\xc3\xa9\n"
            "2   abc\n");
}

TEST(TableTest, RawLinesHaveAWordForEachCell) {
  Table table({"ID", "NAME"});
  table.AddRow({"1", "a b\n\\\x1b\xff"});
  EXPECT_EQ(table.ToRaw(),
            "ID NAME\n"
            "1 a\\x20b\\x0a\\x5c\\x1b\\xff\n");
}

}  // namespace
}  // namespace cleat::cli
