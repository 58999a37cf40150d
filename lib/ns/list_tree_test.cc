#include "lib/ns/list_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace cleat::ns {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ListTreeTest : public ::testing::Test {
 protected:
  // `inode` below `parent` and of `owner`.
  void Add(const char* kind, uint64_t inode, uint64_t parent,
           uint64_t owner = 0) {
    Namespace added;
    added.kind = FindKind(kind);
    added.inode = inode;
    added.parent = parent;
    added.owner = owner;
    survey_.namespaces.push_back(added);
  }

  std::vector<std::string> Tree(const std::string& relation) {
    std::vector<const Namespace*> chosen;
    for (const Namespace& found : survey_.namespaces) chosen.push_back(&found);
    const auto lines = MakeTreeBy(relation, survey_, chosen);
    if (!lines.ok()) return {std::string(lines.status().message())};
    std::vector<std::string> texts;
    for (const ListLine& line : *lines) {
      texts.push_back(absl::StrCat(line.branch, line.found->inode));
    }
    return texts;
  }

  Survey survey_;
};

TEST_F(ListTreeTest, PidNamespacesStandBelowTheirParents) {
  Add("pid", 1, 0);
  Add("pid", 2, 1);
  Add("pid", 3, 2);
  Add("pid", 4, 1);
  Add("net", 5, 0);
  EXPECT_THAT(Tree("pid"), ElementsAre("1", "├─2", "│ └─3", "└─4"));
}

TEST_F(ListTreeTest, AllStandBelowTheirOwners) {
  Add("user", 1, 0, 0);
  Add("net", 2, 0, 1);
  Add("user", 3, 1, 1);
  Add("net", 4, 0, 3);
  Add("uts", 5, 0, 0);
  EXPECT_THAT(Tree("owner"), ElementsAre("1", "├─2", "└─3", "  └─4", "5"));
}

TEST_F(ListTreeTest, WhatIsBelowNothingChosenIsARoot) {
  Add("user", 3, 99, 99);
  EXPECT_THAT(Tree("user"), ElementsAre("3"));
}

TEST_F(ListTreeTest, TheTreeByParentHasAllKinds) {
  Add("user", 1, 0);
  Add("net", 2, 0, 1);
  Add("user", 3, 1);
  EXPECT_THAT(Tree("parent"), ElementsAre("1", "└─3", "2"));
}

TEST_F(ListTreeTest, ACircleIsCut) {
  Add("pid", 1, 2);
  Add("pid", 2, 1);
  Add("pid", 3, 3);
  EXPECT_THAT(Tree("pid"), ElementsAre("3", "1", "└─2"));
}

TEST_F(ListTreeTest, RefusesAnotherRelation) {
  EXPECT_THAT(Tree("moon"),
              ElementsAre(HasSubstr(
                  "--tree=moon: parent, pid, user, owner or process")));
}

}  // namespace
}  // namespace cleat::ns
