#include "lib/cgroup/scope.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/cgroup/plan.h"
#include "lib/testing/fake_cgroup.h"

namespace cleat::cgroup {
namespace {

using ::testing::HasSubstr;

constexpr char kOwn[] = "/user.slice/app.slice/cleat-1.scope";

TEST(ScopeTest, NewGroupsAreBelowTheScope) {
  testing::FakeCgroup fake;
  fake.AddUnified("cpu memory pids", "", kOwn);
  fake.AddGroup(kOwn, {"cgroup.type", "cgroup.procs"});
  fake.Write("user.slice/app.slice/cleat-1.scope/cgroup.controllers",
             "cpu memory pids\n");
  const auto machine = FindScope("cleat-1.scope", "self", fake.root());
  ASSERT_TRUE(machine.ok()) << machine.status();
  proto::CgroupSpec spec;
  spec.set_memory_max_bytes(64 << 20);
  const auto state = Plan(*machine, "1", spec);
  ASSERT_TRUE(state.ok()) << state.status();
  EXPECT_EQ(state->path(), std::string(kOwn) + "/cleat-1");
  ASSERT_EQ(state->directories_size(), 1);
  EXPECT_EQ(state->directories(0).base(), fake.Path(kOwn));
}

TEST(ScopeTest, OtherHierarchiesAreAsWithout) {
  testing::FakeCgroup fake;
  fake.AddV1({"memory"}, "/system.slice/cleat-1.scope");
  fake.AddV1({"hugetlb"}, "/");
  const auto machine = FindScope("cleat-1.scope", "self", fake.root());
  ASSERT_TRUE(machine.ok()) << machine.status();
  const auto state = Plan(*machine, "1", {});
  ASSERT_TRUE(state.ok()) << state.status();
  ASSERT_EQ(state->directories_size(), 2);
  EXPECT_EQ(state->directories(0).path(),
            fake.Path("memory/system.slice/cleat-1.scope/cleat-1"));
  EXPECT_EQ(state->directories(1).path(), fake.Path("hugetlb/cleat-1"));
}

TEST(ScopeTest, AScopeElsewhereIsNotFound) {
  testing::FakeCgroup fake;
  fake.AddUnified("memory", "", "/system.slice/other-cleat-1.scope");
  const absl::Status status =
      FindScope("cleat-1.scope", "self", fake.root()).status();
  EXPECT_TRUE(absl::IsNotFound(status)) << status;
  EXPECT_THAT(status.message(), HasSubstr("cleat-1.scope: process self is in"));
}

TEST(ScopeTest, AControllerThatSystemdKeepsIsNamedWithTheCure) {
  testing::FakeCgroup fake;
  fake.AddUnified("memory pids hugetlb", "", kOwn);
  fake.AddGroup(kOwn, {"cgroup.type", "cgroup.procs"});
  fake.Write("user.slice/app.slice/cleat-1.scope/cgroup.controllers", "pids\n");
  const auto machine = FindScope("cleat-1.scope", "self", fake.root());
  ASSERT_TRUE(machine.ok()) << machine.status();
  proto::CgroupSpec spec;
  spec.set_memory_max_bytes(64 << 20);
  const absl::Status status = Plan(*machine, "1", spec).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_THAT(status.message(),
              HasSubstr("use controllers memory: systemd has not handed"));
  EXPECT_THAT(status.message(), HasSubstr("systemctl edit user@.service"));
  // It has no more to give.
  spec.add_hugetlb("2MB:4m");
  EXPECT_THAT(Plan(*machine, "1", spec).status().message(),
              HasSubstr("leave --systemd out"));
}

// Those of one process, and of another in the same hierarchy.
Machine At(const testing::FakeCgroup& fake, const std::string& own) {
  Machine machine;
  Hierarchy& hierarchy = machine.hierarchies.emplace_back();
  hierarchy.unified = true;
  hierarchy.mount = fake.Path("");
  hierarchy.own = own;
  hierarchy.delegated = true;
  return machine;
}

TEST(ScopeTest, EntranceTakesTheNearestGroupAboveBoth) {
  testing::FakeCgroup fake;
  fake.AddGroup("u/app", {"cgroup.procs"});
  fake.AddGroup("u/application");
  const Machine scope = At(fake, "/u/app/cleat-1.scope");
  EXPECT_TRUE(CheckEntrance(scope, At(fake, "/u/app/x.scope")).ok());
  EXPECT_TRUE(CheckEntrance(scope, At(fake, "/u/app")).ok());
  EXPECT_TRUE(CheckEntrance(scope, At(fake, "/u/app/cleat-1.scope/a")).code() ==
              absl::StatusCode::kPermissionDenied);  // no such file there
  const absl::Status status =
      CheckEntrance(scope, At(fake, "/u/application/x"));
  EXPECT_TRUE(absl::IsPermissionDenied(status)) << status;
  EXPECT_THAT(status.message(), HasSubstr(fake.Path("u/cgroup.procs")));
  EXPECT_THAT(status.message(), HasSubstr("systemd-run --user --scope"));
}

TEST(ScopeTest, RoomIsMadeOnV2Only) {
  testing::FakeCgroup fake;
  fake.AddV1({"memory"}, "/cleat-1.scope");
  auto machine = FindScope("cleat-1.scope", "self", fake.root());
  ASSERT_TRUE(machine.ok()) << machine.status();
  EXPECT_TRUE(MakeRoom(*machine, 1).ok());
  const Machine gone = At(fake, "/no/such.scope");
  const absl::Status status = MakeRoom(gone, 1);
  EXPECT_TRUE(absl::IsNotFound(status)) << status;
  EXPECT_THAT(status.message(), HasSubstr("no/such.scope/holder"));
}

}  // namespace
}  // namespace cleat::cgroup
