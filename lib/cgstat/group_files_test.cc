#include "lib/cgstat/group_files.h"

#include <unistd.h>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "lib/cgroup/machine.h"
#include "lib/testing/fake_cgroup.h"

namespace cleat::cgstat {
namespace {

class GroupFilesTest : public ::testing::Test {
 protected:
  GroupFilesTest() {
    fake_.AddUnified("memory");
    for (const char* group : {"a", "b", "b/c"}) {
      fake_.AddGroup(group);
      fake_.Write(std::string(group) + "/name", group);
    }
    machine_ = *cgroup::FindMachine(fake_.root());
  }

  absl::Status Enter(const std::string& path, size_t count) {
    return files_.Enter({machine_.Unified(), fake_.Path(path)}, count);
  }

  testing::FakeCgroup fake_;
  cgroup::Machine machine_;
  GroupFiles files_;
};

TEST_F(GroupFilesTest, FilesAreOfTheGroupThatWasEnteredLast) {
  for (const size_t count : {1, 10}) {
    for (const char* group : {"a", "b", "b/c", "a"}) {
      ASSERT_TRUE(Enter(group, count).ok());
      const auto text = files_.Read("name");
      ASSERT_TRUE(text.ok()) << text.status();
      EXPECT_EQ(*text, group);
    }
  }
}

TEST_F(GroupFilesTest, HierarchyItselfIsAGroup) {
  fake_.Write("name", "top");
  ASSERT_TRUE(
      files_.Enter({machine_.Unified(), machine_.Unified()->mount}, 1).ok());
  EXPECT_EQ(*files_.Read("name"), "top");
}

TEST_F(GroupFilesTest, LongFileIsReadWhole) {
  const std::string text(100000, 'x');
  fake_.Write("a/name", text);
  ASSERT_TRUE(Enter("a", 1).ok());
  EXPECT_EQ(*files_.Read("name"), text);
}

TEST_F(GroupFilesTest, WhatIsAbsentIsNothing) {
  ASSERT_TRUE(Enter("a", 1).ok());
  EXPECT_EQ(*files_.Read("none"), absl::nullopt);
  ASSERT_EQ(unlink(fake_.Path("b/c/name").c_str()), 0);
  ASSERT_EQ(rmdir(fake_.Path("b/c").c_str()), 0);
  EXPECT_TRUE(absl::IsNotFound(Enter("b/c", 10)));
  ASSERT_TRUE(Enter("b/c", 1).ok());
  EXPECT_EQ(*files_.Read("name"), absl::nullopt);
  EXPECT_TRUE(absl::IsNotFound(Enter("b/c/d", 1)));
}

}  // namespace
}  // namespace cleat::cgstat
