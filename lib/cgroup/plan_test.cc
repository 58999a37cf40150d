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
  EXPECT_EQ(state->path(), "/cleat/c1");
  ASSERT_THAT(state->directories(), SizeIs(5));
  EXPECT_EQ(state->directories(0).path(), fake.Path("cpu/cleat/c1"));
  EXPECT_EQ(state->directories(0).base(), fake.Path("cpu"));
  EXPECT_THAT(state->directories(0).controllers(),
              ElementsAre("cpu", "cpuacct"));
  EXPECT_EQ(state->directories(3).path(), fake.Path("name=systemd/cleat/c1"));
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
  EXPECT_THAT(Refusal(fake, MemoryAndPids()), HasSubstr("systemd-run"));
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
  EXPECT_EQ(state->path(), "/app.slice/cleat/c1");
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
