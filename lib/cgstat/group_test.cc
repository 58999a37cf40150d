#include "lib/cgstat/group.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/testing/fake_cgroup.h"

namespace cleat::cgstat {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// v1 with memory and pids, and a v2 tree beside them.
class GroupTest : public ::testing::Test {
 protected:
  GroupTest() {
    fake_.AddV1({"memory"}, "/own/deep");
    fake_.AddV1({"pids"}, "/own");
    fake_.AddUnified("hugetlb", "/unified");
    fake_.AddGroup("memory/a/b");
    fake_.AddGroup("memory/a-b");
    fake_.AddGroup("unified/a/b");
    fake_.AddGroup("unified/a/b/c");
    machine_ = *cgroup::FindMachine(fake_.root());
  }

  std::vector<std::string> Below(const std::string& path,
                                 const std::vector<std::string>& only = {}) {
    const auto top = FindGroup(machine_, path);
    EXPECT_TRUE(top.ok()) << top.status();
    const auto groups = GroupsBelow(machine_, *top, only);
    EXPECT_TRUE(groups.ok()) << groups.status();
    std::vector<std::string> names;
    for (const Group& group : *groups) {
      names.push_back(absl::StrCat(group.path, " ", group.directories.size()));
    }
    return names;
  }

  testing::FakeCgroup fake_;
  cgroup::Machine machine_;
};

TEST_F(GroupTest, NameIsAGroupInEveryHierarchyThatHasIt) {
  for (const char* path : {"/a/b", "a/b", "//a//b/"}) {
    const auto group = FindGroup(machine_, path);
    ASSERT_TRUE(group.ok()) << group.status();
    EXPECT_EQ(group->path, "/a/b");
    EXPECT_THAT(group->Paths(), ElementsAre(fake_.Path("memory/a/b"),
                                            fake_.Path("unified/a/b")));
  }
  EXPECT_EQ(FindGroup(machine_, "/")->directories.size(), 3u);
}

TEST_F(GroupTest, DirectoryIsAGroupInItsHierarchyAlone) {
  const auto group = FindGroup(machine_, fake_.Path("memory/a/b"));
  ASSERT_TRUE(group.ok()) << group.status();
  EXPECT_EQ(group->path, "/a/b");
  EXPECT_THAT(group->Paths(), ElementsAre(fake_.Path("memory/a/b")));
  const auto root = FindGroup(machine_, fake_.Path("unified"));
  ASSERT_TRUE(root.ok()) << root.status();
  EXPECT_EQ(root->path, "/");
}

TEST_F(GroupTest, WhatIsNoGroupIsNotFound) {
  for (const std::string& path :
       {std::string("/none"), fake_.Path("memory/none")}) {
    const auto group = FindGroup(machine_, path);
    EXPECT_TRUE(absl::IsNotFound(group.status())) << group.status();
    EXPECT_THAT(group.status().message(), HasSubstr("find cgroup /"));
  }
  for (const char* path : {"/a/../..", "..", "/a/b/.."}) {
    const auto group = FindGroup(machine_, path);
    EXPECT_TRUE(absl::IsInvalidArgument(group.status())) << group.status();
  }
}

TEST_F(GroupTest, ProcessHasTheGroupsThatItIsIn) {
  const auto group = OwnGroup(machine_);
  ASSERT_TRUE(group.ok()) << group.status();
  EXPECT_EQ(group->path, "/own/deep");
  EXPECT_THAT(group->Paths(),
              ElementsAre(fake_.Path("memory/own/deep"), fake_.Path("pids/own"),
                          fake_.Path("unified")));
  EXPECT_TRUE(absl::IsFailedPrecondition(OwnGroup({}).status()));
}

TEST_F(GroupTest, ContainerHasTheDirectoriesThatAreStillThere) {
  proto::CgroupState state;
  state.set_path("/a/b");
  state.add_directories()->set_path(fake_.Path("memory/a/b"));
  state.add_directories()->set_path(fake_.Path("pids/a/b"));
  const auto group = ContainerGroup(machine_, state);
  ASSERT_TRUE(group.ok()) << group.status();
  EXPECT_THAT(group->Paths(), ElementsAre(fake_.Path("memory/a/b")));
  state.mutable_directories()->DeleteSubrange(0, 1);
  EXPECT_TRUE(absl::IsNotFound(ContainerGroup(machine_, state).status()));
}

TEST_F(GroupTest, TreeIsThatOfAllHierarchies) {
  EXPECT_THAT(Below("/"), ElementsAre("/ 3", "/a 2", "/a/b 2", "/a/b/c 1",
                                      "/a-b 1", "/own 2", "/own/deep 1"));
  EXPECT_THAT(Below("/a"), ElementsAre("/a 2", "/a/b 2", "/a/b/c 1"));
  EXPECT_THAT(Below("/own", {"pids"}), ElementsAre("/own 1"));
  EXPECT_THAT(Below("/own/deep", {"pids"}), IsEmpty());
}

}  // namespace
}  // namespace cleat::cgstat
