#include "lib/cli/table.h"

#include "gtest/gtest.h"

namespace cleat::cli {
namespace {

TEST(TableTest, ColumnsAreAlignedAndControlBytesHarmless) {
  Table table({"ID", "NAME"});
  table.AddRow({"1", "a"});
  table.AddRow({"long", "\x1b[2J\xc3\xa9"});
  EXPECT_EQ(table.ToString(),
            "ID    NAME\n"
            "1     a\n"
            "long  ?[2J\xc3\xa9\n");
}

}  // namespace
}  // namespace cleat::cli
