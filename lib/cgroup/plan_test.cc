#include "lib/cgroup/plan.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/sys/file.h"
#include "lib/testing/fake_cgroup.h"

namespace cleat::cgroup {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

proto::CgroupSpec MemoryAndPids() {
  proto::CgroupSpec spec;
  spec.set_memory_max_bytes(64 << 20);
  spec.set_pids_max(50);
  return spec;
}

absl::StatusOr<proto::CgroupState> PlanOn(const testing::FakeCgroup& fake,
                                          const proto::CgroupSpec& spec) {
  const absl::StatusOr<Machine> machine = FindMachine(fake.root());
  EXPECT_TRUE(machine.ok()) << machine.status();
  return Plan(*machine, "c1", spec);
}

std::string Refusal(const testing::FakeCgroup& fake,
                    const proto::CgroupSpec& spec) {
  const absl::Status status = PlanOn(fake, spec).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  return std::string(status.message());
}

TEST(PlanTest, EveryHierarchyGetsTheSameGroup) {
  testing::FakeCgroup fake;
  fake.AddV1({"cpu", "cpuacct"}, "/user.slice");
  fake.AddV1({"memory"});
  fake.AddV1({"pids"});
  fake.AddV1({"name=systemd"});
  fake.AddUnified("", "/unified");
  const absl::StatusOr<proto::CgroupState> state =
      PlanOn(fake, MemoryAndPids());
  ASSERT_TRUE(state.ok()) << state.status();
  EXPECT_EQ(state->path(), "/cleat-c1");
  ASSERT_THAT(state->directories(), SizeIs(5));
  EXPECT_EQ(state->directories(0).path(), fake.Path("cpu/cleat-c1"));
  EXPECT_EQ(state->directories(0).base(), fake.Path("cpu"));
  EXPECT_THAT(state->directories(0).controllers(),
              ElementsAre("cpu", "cpuacct"));
  EXPECT_EQ(state->directories(3).path(), fake.Path("name=systemd/cleat-c1"));
  EXPECT_FALSE(state->directories(3).unified());
  EXPECT_TRUE(state->directories(4).unified());
}

TEST(PlanTest, NothingIsMade) {
  testing::FakeCgroup fake;
  fake.AddV1({"memory"});
  fake.AddV1({"pids"});
  ASSERT_TRUE(PlanOn(fake, MemoryAndPids()).ok());
  EXPECT_FALSE(sys::Exists(fake.Path("memory/cleat")));
}

TEST(PlanTest, UnifiedGroupHasTheControllersThatContainersUse) {
  testing::FakeCgroup fake;
  fake.AddUnified("cpuset cpu io memory hugetlb pids rdma");
  const absl::StatusOr<proto::CgroupState> state =
      PlanOn(fake, MemoryAndPids());
  ASSERT_TRUE(state.ok()) << state.status();
  EXPECT_THAT(state->directories(0).controllers(),
              ElementsAre("cpu", "cpuset", "io", "memory", "pids"));
}

TEST(PlanTest, MissingControllerIsNamedWithTheCure) {
  testing::FakeCgroup fake;
  fake.AddV1({"memory"});
  fake.AddUnified("hugetlb", "/unified");
  EXPECT_THAT(
      Refusal(fake, MemoryAndPids()),
      HasSubstr("use controller pids: no cgroup hierarchy here has it"));
}

TEST(PlanTest, ReadOnlyHierarchyIsLeftOutUnlessNeeded) {
  testing::FakeCgroup fake;
  fake.AddV1({"memory"}, "/", "ro");
  fake.AddV1({"pids"});
  EXPECT_THAT(PlanOn(fake, {})->directories(), SizeIs(1));
  EXPECT_THAT(Refusal(fake, MemoryAndPids()),
              HasSubstr("memory is mounted read-only"));
}

// As in a container with a cgroup namespace of its own, where what looks like
// the root is a group with processes.
TEST(PlanTest, GroupWithProcessesCannotHandControllersOn) {
  testing::FakeCgroup fake;
  fake.AddUnified("memory pids");
  fake.Write("cgroup.type", "domain\n");
  fake.Write("cgroup.procs", "1\n7\n");
  const std::string refusal = Refusal(fake, MemoryAndPids());
  EXPECT_THAT(refusal, HasSubstr("systemd-run"));
  EXPECT_THAT(refusal,
              HasSubstr(absl::StrCat(": ", fake.Path(""), " may not have")));
  EXPECT_THAT(PlanOn(fake, {})->directories(), SizeIs(1));
  fake.Write("cgroup.subtree_control", "memory pids\n");
  EXPECT_TRUE(PlanOn(fake, MemoryAndPids()).ok());
}

TEST(PlanTest, DelegatedGroupAboveTheOwnOneIsUsed) {
  testing::FakeCgroup fake;
  fake.AddUnified("memory pids", "", "/app.slice/run.scope");
  for (const char* group : {"", "app.slice/", "app.slice/run.scope/"}) {
    fake.Write(absl::StrCat(group, "cgroup.type"), "domain\n");
    fake.Write(absl::StrCat(group, "cgroup.procs"), "1\n");
    fake.Write(absl::StrCat(group, "cgroup.controllers"), "memory pids\n");
  }
  fake.Write("app.slice/cgroup.procs", "");
  const absl::StatusOr<proto::CgroupState> state =
      PlanOn(fake, MemoryAndPids());
  ASSERT_TRUE(state.ok()) << state.status();
  EXPECT_EQ(state->directories(0).base(), fake.Path("/app.slice"));
  EXPECT_EQ(state->path(), "/app.slice/cleat-c1");
}

TEST(PlanTest, WhatTheVersionLacksIsSaid) {
  testing::FakeCgroup fake;
  fake.AddV1({"memory"});
  fake.AddUnified("pids", "/unified");
  proto::CgroupSpec spec;
  spec.set_oom_group(true);
  EXPECT_THAT(Refusal(fake, spec), HasSubstr("set oom-group: cgroup v1 kills"));
  spec.Clear();
  spec.add_unified("memory.high=1");
  EXPECT_THAT(Refusal(fake, spec), HasSubstr("of the unified hierarchy"));
  spec.Clear();
  spec.add_files("cgroup.max.depth=3");
  EXPECT_TRUE(PlanOn(fake, spec).ok());
}

TEST(PlanTest, VersionOneOnlyIsRefusedOnVersionTwo) {
  testing::FakeCgroup fake;
  fake.AddUnified("cpu memory");
  proto::CgroupSpec spec;
  spec.set_memory_swappiness(10);
  EXPECT_THAT(Refusal(fake, spec), HasSubstr("--memory-swap limits swap"));
  spec.Clear();
  spec.set_cpu_rt_runtime_us(1000);
  EXPECT_THAT(Refusal(fake, spec), HasSubstr("set cpu-rt-runtime: cgroup v2"));
}

TEST(PlanTest, CoreFileNeedsTheUnifiedHierarchy) {
  testing::FakeCgroup fake;
  fake.AddV1({"memory"});
  proto::CgroupSpec spec;
  spec.add_files("cgroup.freeze=1");
  EXPECT_THAT(Refusal(fake, spec), HasSubstr("no unified hierarchy"));
}

TEST(PlanTest, NeededControllerIsAddedToTheUsualOnes) {
  testing::FakeCgroup fake;
  fake.AddUnified("cpu hugetlb memory misc");
  proto::CgroupSpec spec;
  spec.add_hugetlb("2MB:4m");
  EXPECT_THAT(PlanOn(fake, spec)->directories(0).controllers(),
              ElementsAre("cpu", "memory", "hugetlb"));
}

TEST(PlanTest, BestEffortLeavesOutWhatCannotBeHad) {
  testing::FakeCgroup fake;
  fake.AddV1({"memory"}, "/", "ro");
  fake.AddV1({"cpu"});
  proto::CgroupSpec spec = MemoryAndPids();
  spec.set_cpu_shares(512);
  spec.set_best_effort(true);
  std::vector<std::string> warnings;
  const absl::StatusOr<proto::CgroupState> state =
      Plan(*FindMachine(fake.root()), "c1", spec, &warnings);
  ASSERT_TRUE(state.ok()) << state.status();
  EXPECT_THAT(state->directories(), SizeIs(1));
  EXPECT_THAT(warnings,
              ElementsAre(HasSubstr("controller pids: no cgroup hierarchy"),
                          HasSubstr("memory is mounted read-only")));
}

TEST(PlanPathTest, GroupIsInEveryHierarchyFromTheNearestThatIsThere) {
  testing::FakeCgroup fake;
  fake.AddV1({"memory"}, "/elsewhere");
  fake.AddV1({"pids"});
  fake.AddUnified("", "/unified");
  fake.AddGroup("memory/a");
  const absl::StatusOr<proto::CgroupState> state =
      PlanPath(*FindMachine(fake.root()), "a/b//c/", MemoryAndPids());
  ASSERT_TRUE(state.ok()) << state.status();
  EXPECT_EQ(state->path(), "/a/b/c");
  ASSERT_THAT(state->directories(), SizeIs(3));
  EXPECT_EQ(state->directories(0).base(), fake.Path("memory/a"));
  EXPECT_EQ(state->directories(0).path(), fake.Path("memory/a/b/c"));
  EXPECT_EQ(state->directories(1).base(), fake.Path("pids"));
}

TEST(PlanPathTest, MountsPathNamesOneHierarchy) {
  testing::FakeCgroup fake;
  fake.AddV1({"memory"});
  fake.AddV1({"pids"});
  const Machine machine = *FindMachine(fake.root());
  const absl::StatusOr<proto::CgroupState> state =
      PlanPath(machine, fake.Path("pids/a"), {});
  ASSERT_TRUE(state.ok()) << state.status();
  ASSERT_THAT(state->directories(), SizeIs(1));
  EXPECT_EQ(state->directories(0).path(), fake.Path("pids/a"));
  EXPECT_TRUE(absl::IsFailedPrecondition(
      PlanPath(machine, fake.Path("pids/a"), MemoryAndPids()).status()));
}

TEST(PlanPathTest, GroupThatIsThereHasItsOwnControllers) {
  testing::FakeCgroup fake;
  fake.AddUnified("cpu memory pids");
  fake.AddGroup("a");
  fake.Write("a/cgroup.controllers", "memory\n");
  const Machine machine = *FindMachine(fake.root());
  EXPECT_THAT(PlanPath(machine, "/a", {})->directories(0).controllers(),
              ElementsAre("memory"));
  EXPECT_EQ(PlanPath(machine, "/", {})->path(), "/");
}

TEST(PlanPathTest, ControllersComeFromWhereTheyAre) {
  testing::FakeCgroup fake;
  fake.AddUnified("cpu hugetlb memory");
  fake.AddGroup("a");
  fake.Write("a/cgroup.controllers", "memory\n");
  proto::CgroupSpec spec;
  spec.add_hugetlb("2MB:4m");
  for (const char* path : {"/a", "/a/b"}) {
    const absl::StatusOr<proto::CgroupState> state =
        PlanPath(*FindMachine(fake.root()), path, spec);
    ASSERT_TRUE(state.ok()) << state.status();
    EXPECT_EQ(state->directories(0).base(), fake.Path("")) << path;
    EXPECT_THAT(state->directories(0).controllers(),
                ::testing::Contains("hugetlb"));
  }
}

TEST(PlanPathTest, WayOutIsRefused) {
  testing::FakeCgroup fake;
  fake.AddV1({"memory"});
  const Machine machine = *FindMachine(fake.root());
  for (const char* path : {"/../etc", "/a/./b", "..", "a/.."}) {
    EXPECT_TRUE(absl::IsInvalidArgument(PlanPath(machine, path, {}).status()))
        << path;
  }
}

TEST(PlanPathTest, NothingToWriteToIsSaidSo) {
  testing::FakeCgroup fake;
  fake.AddV1({"memory"}, "/", "ro");
  const absl::Status status =
      PlanPath(*FindMachine(fake.root()), "/a", {}).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("use cgroup /a"));
}

TEST(PlanBelowTest, GroupIsInThoseOfTheParent) {
  testing::FakeCgroup fake;
  fake.AddV1({"memory"});
  fake.AddV1({"pids"});
  fake.AddGroup("memory/cleat-p");
  proto::CgroupState parent;
  parent.add_directories()->set_path(fake.Path("memory/cleat-p"));
  const absl::StatusOr<proto::CgroupState> state =
      PlanBelow(*FindMachine(fake.root()), parent, "c1", {});
  ASSERT_TRUE(state.ok()) << state.status();
  EXPECT_EQ(state->path(), "/cleat-p/c1");
  ASSERT_THAT(state->directories(), SizeIs(1));
  EXPECT_EQ(state->directories(0).base(), fake.Path("memory/cleat-p"));
}

TEST(PlanTest, BadValuesAndIdsAreRefusedFirst) {
  testing::FakeCgroup fake;
  fake.AddV1({"memory"});
  proto::CgroupSpec spec;
  spec.set_memory_max_bytes(1);
  EXPECT_TRUE(absl::IsInvalidArgument(PlanOn(fake, spec).status()));
  const Machine machine = *FindMachine(fake.root());
  for (const char* id : {"", ".", "..", "a/b"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(Plan(machine, id, {}).status())) << id;
  }
}

}  // namespace
}  // namespace cleat::cgroup
