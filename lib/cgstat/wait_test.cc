#include "lib/cgstat/wait.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/testing/fake_cgroup.h"

namespace cleat::cgstat {
namespace {

using ::testing::HasSubstr;

// A group on v1 and on v2 as files: nothing ever happens to it.
class WaitTest : public ::testing::Test {
 protected:
  WaitTest() {
    unified_.unified = true;
    memory_.controllers = {"memory"};
    group_.path = "/a";
  }

  void Add(const cgroup::Hierarchy& hierarchy, const std::string& directory) {
    group_.directories.push_back({&hierarchy, fake_.Path(directory)});
  }

  void AddUnified() {
    fake_.AddGroup("unified/a");
    Add(unified_, "unified/a");
  }

  void AddMemory() {
    fake_.AddGroup("memory/a");
    Add(memory_, "memory/a");
  }

  absl::Status Wait(Event event, const std::string& resource = "memory") const {
    WaitOptions options;
    options.event = event;
    options.timeout = absl::ZeroDuration();
    options.resource = resource;
    return WaitFor(group_, options);
  }

  testing::FakeCgroup fake_;
  cgroup::Hierarchy unified_;
  cgroup::Hierarchy memory_;
  Group group_;
};

TEST_F(WaitTest, WhatDoesNotComeInTimeIsNamed) {
  AddUnified();
  fake_.Write("unified/a/memory.events", "high 3\noom_kill 0\n");
  fake_.Write("unified/a/cgroup.events", "populated 1\n");
  fake_.Write("unified/a/cpu.pressure", "");
  for (const Event event : {Event::kOom, Event::kMemoryHigh, Event::kEmpty}) {
    const absl::Status status = Wait(event);
    EXPECT_TRUE(absl::IsDeadlineExceeded(status)) << status;
    EXPECT_THAT(status.message(), HasSubstr("of cgroup /a: not in 0"));
  }
  const absl::Status status = Wait(Event::kPressure, "cpu");
  EXPECT_TRUE(absl::IsDeadlineExceeded(status)) << status;
  EXPECT_EQ(fake_.Read("unified/a/cpu.pressure"),
            std::string("some 100000 2000000\0", 20));
}

TEST_F(WaitTest, AGroupThatVanishesIsSaidToBeGone) {
  AddUnified();
  fake_.Write("unified/a/memory.events", "oom_kill 0\n");
  Add(memory_, "memory/gone");
  const absl::Status status = Wait(Event::kOom);
  EXPECT_TRUE(absl::IsNotFound(status)) << status;
  EXPECT_EQ(status.message(), "cgroup /a has been removed");
}

TEST_F(WaitTest, AGroupThatIsGoneIsEmpty) {
  Add(memory_, "memory/gone");
  EXPECT_TRUE(Wait(Event::kEmpty).ok());
}

TEST_F(WaitTest, AnEmptyGroupIsNotWaitedFor) {
  AddUnified();
  fake_.Write("unified/a/cgroup.events", "populated 0\nfrozen 0\n");
  EXPECT_TRUE(Wait(Event::kEmpty).ok());
}

TEST_F(WaitTest, WithoutTheControllerNothingCanBeTold) {
  AddUnified();
  for (const Event event : {Event::kOom, Event::kMemoryHigh}) {
    const absl::Status status = Wait(event);
    EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
    EXPECT_EQ(status.message(), "cgroup /a: no memory controller counts it");
  }
  const absl::Status status = Wait(Event::kPressure, "io");
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_THAT(status.message(), HasSubstr("its pressure for io: PSI is of"));
}

TEST_F(WaitTest, OnVersionOneTheMissingFileIsNamed) {
  AddMemory();
  absl::Status status = Wait(Event::kOom);
  EXPECT_TRUE(absl::IsNotFound(status)) << status;
  EXPECT_THAT(status.message(), HasSubstr("memory/a/memory.oom_control"));
  fake_.Write("memory/a/memory.oom_control", "");
  status = Wait(Event::kOom);
  EXPECT_TRUE(absl::IsNotFound(status)) << status;
  EXPECT_THAT(status.message(), HasSubstr("memory/a/cgroup.event_control"));
  fake_.Write("memory/a/memory.pressure_level", "");
  status = Wait(Event::kPressure);
  EXPECT_TRUE(absl::IsNotFound(status)) << status;
}

TEST_F(WaitTest, OnVersionOneTheKernelIsAskedByTheEventsDescriptor) {
  AddMemory();
  fake_.Write("memory/a/memory.oom_control", "");
  fake_.Write("memory/a/cgroup.event_control", "");
  EXPECT_TRUE(absl::IsDeadlineExceeded(Wait(Event::kOom)));
  EXPECT_THAT(fake_.Read("memory/a/cgroup.event_control"),
              ::testing::MatchesRegex("[0-9]+ [0-9]+"));
}

TEST_F(WaitTest, OnVersionOneMemoryHighNeedsASoftLimit) {
  AddMemory();
  fake_.Write("memory/a/memory.soft_limit_in_bytes", "9223372036854771712\n");
  const absl::Status status = Wait(Event::kMemoryHigh);
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_THAT(status.message(), HasSubstr("--memory-reservation sets it"));
  fake_.Write("memory/a/memory.soft_limit_in_bytes", "4096\n");
  fake_.Write("memory/a/memory.usage_in_bytes", "8192\n");
  fake_.Write("memory/a/cgroup.event_control", "");
  EXPECT_TRUE(Wait(Event::kMemoryHigh).ok());
  fake_.Write("memory/a/memory.usage_in_bytes", "0\n");
  EXPECT_TRUE(absl::IsDeadlineExceeded(Wait(Event::kMemoryHigh)));
}

TEST(ParseEventTest, AnUnknownOneIsToldTheKnown) {
  const absl::Status status = ParseEvent("nothing").status();
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
  EXPECT_THAT(status.message(), HasSubstr("'nothing' is none of oom, empty"));
}

}  // namespace
}  // namespace cleat::cgstat
