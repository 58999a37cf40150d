#include "lib/cgroup/make.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/sys/file.h"
#include "lib/testing/fake_cgroup.h"

namespace cleat::cgroup {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Two v1 hierarchies as files: a new group has no files, so that no limit can
// be set in it.
class MakeTest : public ::testing::Test {
 protected:
  MakeTest() {
    fake_.AddV1({"memory"});
    fake_.AddV1({"pids"});
    machine_ = *FindMachine(fake_.root());
    place_.machine = &machine_;
  }

  bool Exists(const std::string& group) const {
    return sys::Exists(fake_.Path(group));
  }

  static proto::CgroupSpec PidsLimit() {
    proto::CgroupSpec spec;
    spec.set_pids_max(9);
    return spec;
  }

  testing::FakeCgroup fake_;
  Machine machine_;
  Place place_;
};

TEST_F(MakeTest, WhatIsMadeIsRecordedFirst) {
  place_.id = "1";
  std::vector<std::string> recorded;
  const auto state = Make(place_, PidsLimit(), [&](const std::string& group) {
    EXPECT_FALSE(sys::Exists(group));
    recorded.push_back(group);
    return absl::OkStatus();
  });
  EXPECT_TRUE(absl::IsFailedPrecondition(state.status())) << state.status();
  EXPECT_THAT(state.status().message(), HasSubstr("pids/cleat-1/pids.max"));
  EXPECT_THAT(recorded, ElementsAre(fake_.Path("memory/cleat-1"),
                                    fake_.Path("pids/cleat-1")));
}

TEST_F(MakeTest, WhatCannotBeRecordedIsNotMade) {
  place_.id = "1";
  const auto state = Make(place_, {}, [&](const std::string&) {
    return absl::ResourceExhaustedError("the disk is full");
  });
  EXPECT_EQ(state.status(), absl::ResourceExhaustedError("the disk is full"));
  EXPECT_FALSE(Exists("memory/cleat-1"));
}

TEST_F(MakeTest, ALimitThatFailsTakesTheNewGroupsAway) {
  fake_.AddGroup("memory/old");
  place_.path = "/old/new";
  const auto then = [](const proto::CgroupState&) {
    ADD_FAILURE();
    return absl::OkStatus();
  };
  const absl::Status status = MakeAt(place_, PidsLimit(), false, then);
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_TRUE(Exists("memory/old"));
  EXPECT_FALSE(Exists("memory/old/new"));
  EXPECT_FALSE(Exists("pids/old"));
}

TEST_F(MakeTest, WhatFailsAfterwardsTakesThemAwayToo) {
  place_.path = "/a/b";
  const auto then = [&](const proto::CgroupState& state) {
    EXPECT_EQ(state.path(), "/a/b");
    EXPECT_TRUE(Exists("pids/a/b"));
    return absl::AbortedError("no");
  };
  EXPECT_EQ(MakeAt(place_, {}, false, then), absl::AbortedError("no"));
  EXPECT_FALSE(Exists("memory/a"));
  EXPECT_FALSE(Exists("pids/a"));
}

TEST_F(MakeTest, AReadOnlyHierarchyIsNamedWithTheCure) {
  testing::FakeCgroup fake;
  fake.AddV1({"pids"}, "/", "ro");
  const Machine machine = *FindMachine(fake.root());
  const Place place = {"1", nullptr, "", &machine};
  const auto never = [](const std::string&) {
    ADD_FAILURE();
    return absl::OkStatus();
  };
  const absl::Status status = Make(place, PidsLimit(), never).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_THAT(status.message(), HasSubstr("pids is mounted read-only"));
}

}  // namespace
}  // namespace cleat::cgroup
