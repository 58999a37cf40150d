#include "lib/procfs/kernel_link.h"

#include <gtest/gtest.h>

namespace cleat::procfs {
namespace {

TEST(KernelLinkTest, HasNameAndNumber) {
  const auto link = ParseKernelLink("net:[4026531992]");
  ASSERT_TRUE(link.has_value());
  EXPECT_EQ(link->name, "net");
  EXPECT_EQ(link->number, 4026531992u);
}

TEST(KernelLinkTest, KeepsAnUnderscoreOfTheName) {
  const auto link = ParseKernelLink("pid_for_children:[1]");
  ASSERT_TRUE(link.has_value());
  EXPECT_EQ(link->name, "pid_for_children");
}

TEST(KernelLinkTest, IsNothingElse) {
  for (const char* text :
       {"", ":[1]", "net", "net:", "net:[", "net:[]", "net:[1", "net:[1]x",
        "net:[-1]", "net:[+1]", "net:[ 1]", "net:[0x1]", "/tmp/net:[1]",
        "/net:[1]", "(unreachable)/net:[1]", "anon_inode:[eventfd]",
        "net:[1] (deleted)", "net:[99999999999999999999]", "net:[[1]]"}) {
    EXPECT_FALSE(ParseKernelLink(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace cleat::procfs
