#include "lib/journal/need.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/journal/undo.h"
#include "lib/sys/file.h"
#include "lib/sys/remove_tree.h"

namespace cleat::journal {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class NeedTest : public ::testing::Test {
 protected:
  void SetUp() override {
    root_ = ::testing::TempDir() + "/need_test";
    ASSERT_TRUE(sys::RemoveTree(root_).ok());
    ASSERT_TRUE(sys::MakeDirectories(root_, 0700).ok());
  }
  void TearDown() override { EXPECT_TRUE(sys::RemoveTree(root_).ok()); }

  std::string root_;
};

TEST_F(NeedTest, WhatIsNeededIsNotUndone) {
  Instance web = *Instance::Create(root_, "web", {});
  Instance cache = *Instance::Create(root_, "cache", {});
  ASSERT_TRUE(RecordNeed(cache, "ns-join", web.id()).ok());
  EXPECT_THAT(*Needers(web), ElementsAre("cache"));
  const absl::Status refused = Unwind(web, {});
  EXPECT_TRUE(absl::IsFailedPrecondition(refused));
  EXPECT_THAT(refused.message(),
              HasSubstr("container web is needed by cache (undo that first"));
  EXPECT_TRUE(Instance::Open(root_, web.id()).ok());
}

TEST_F(NeedTest, TheNeedEndsWithWhoNeeds) {
  Instance web = *Instance::Create(root_, "web", {});
  Instance cache = *Instance::Create(root_, "cache", {});
  ASSERT_TRUE(RecordNeed(cache, "ns-join", web.id()).ok());
  ASSERT_TRUE(Unwind(cache, {}).ok());
  EXPECT_THAT(*Needers(web), IsEmpty());
  EXPECT_TRUE(Unwind(web, {}).ok());
}

TEST_F(NeedTest, TheNeedEndsWithItsStep) {
  Instance web = *Instance::Create(root_, "web", {});
  Instance cache = *Instance::Create(root_, "cache", {});
  ASSERT_TRUE(RecordNeed(cache, "ns-join", web.id()).ok());
  ASSERT_TRUE(UndoFrom(cache, 0, {}).ok());
  EXPECT_THAT(*Needers(web), IsEmpty());
}

TEST_F(NeedTest, ItIsRecordedOnceAndSurvivesARewriting) {
  Instance web = *Instance::Create(root_, "web", {});
  Instance cache = *Instance::Create(root_, "", {});
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(RecordNeed(cache, "ns-join", web.id()).ok());
  }
  EXPECT_EQ(cache.Steps()->size(), 1);
  ASSERT_TRUE(web.Truncate(0).ok());
  EXPECT_THAT(*Needers(web), ElementsAre(cache.id().substr(0, 12)));
}

TEST_F(NeedTest, WhatIsGoneCannotBeNeeded) {
  Instance web = *Instance::Create(root_, "web", {});
  Instance cache = *Instance::Create(root_, "cache", {});
  ASSERT_TRUE(Unwind(web, {}).ok());
  EXPECT_TRUE(absl::IsNotFound(RecordNeed(cache, "ns-join", web.id())));
  EXPECT_THAT(*cache.Steps(), IsEmpty());
}

}  // namespace
}  // namespace cleat::journal
