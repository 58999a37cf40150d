#include "lib/diff/resolve.h"

#include <stdlib.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/testing/scoped_temp_dir.h"

namespace cleat::diff {
namespace {

using ::testing::HasSubstr;

class ResolveTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(system(absl::StrCat(
                         "cd ", root_.path(),
                         " && mkdir -p low/usr/bin low/d up/etc && echo x "
                         ">low/usr/bin/sh && ln -s usr/bin low/bin && ln -s "
                         "/../../etc/passwd up/out && echo root >up/etc/passwd "
                         "&& ln -s b low/a && ln -s a low/b && ln -s "
                         "../usr/bin/sh up/etc/shell")
                         .c_str()),
              0);
    stack_.layers = {root_.path() + "/up", root_.path() + "/low"};
  }

  // Where it is, or why not.
  std::string Where(absl::string_view path) {
    const auto found = Resolve(stack_, path);
    return found.ok() ? found->path : std::string(found.status().message());
  }

  testing::ScopedTempDir root_;
  Stack stack_;
};

TEST_F(ResolveTest, LinksLeadWhereTheyLeadInTheTree) {
  EXPECT_EQ(Where("/bin/sh"), "usr/bin/sh");
  EXPECT_EQ(Where("bin/../bin//./sh"), "usr/bin/sh");
  EXPECT_EQ(Where("etc/shell"), "usr/bin/sh");
  EXPECT_EQ(Where("/../.."), "");
}

TEST_F(ResolveTest, NothingLeadsOut) {
  EXPECT_EQ(Where("/out"), "etc/passwd");
  EXPECT_EQ(Where("../../../etc/passwd"), "etc/passwd");
}

TEST_F(ResolveTest, WhatCannotBeFoundIsNamed) {
  EXPECT_EQ(Where("/none"), "find '/none': No such file or directory");
  EXPECT_EQ(Where("/bin/sh/x"), "find '/bin/sh/x': Not a directory");
  EXPECT_THAT(Where("/a"), HasSubstr("more than 40 symbolic links"));
}

}  // namespace
}  // namespace cleat::diff
