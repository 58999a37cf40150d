#include "lib/runtime/plan.h"

#include <sched.h>
#include <sys/mount.h>

#include <map>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/runtime/defaults.h"

namespace cleat::runtime {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;
using Cgroups = std::vector<procfs::CgroupMembership>;

proto::oci::Spec TestSpec() {
  proto::oci::Spec spec = DefaultSpec();
  spec.mutable_process()->add_args("true");
  spec.mutable_process()->add_env("PATH=/a::/b");
  return spec;
}

Plan MakeGood(const proto::oci::Spec& spec, const Cgroups& cgroups = {},
              const proto::CgroupState& groups = {}) {
  absl::StatusOr<Plan> plan = MakePlan(spec, cgroups, groups);
  EXPECT_TRUE(plan.ok()) << plan.status();
  return plan.ok() ? *std::move(plan) : Plan();
}

std::string ErrorOf(const proto::oci::Spec& spec) {
  const absl::Status status = MakePlan(spec, {}, {}).status();
  EXPECT_FALSE(status.ok());
  return std::string(status.message());
}

std::vector<std::string> MountsOf(const Plan& plan, const std::string& type) {
  std::vector<std::string> destinations;
  for (const MountPlan& mount : plan.mounts) {
    if (mount.type == type) destinations.push_back(mount.destination);
  }
  return destinations;
}

TEST(PlanTest, DefaultsAreTheSixNamespaces) {
  const Plan plan = MakeGood(TestSpec());
  EXPECT_EQ(plan.namespaces,
            uint64_t{CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC |
                     CLONE_NEWNET});
  EXPECT_TRUE(plan.cgroup_namespace);
}

// The group of each mount of cgroups, by where it is mounted.
std::map<std::string, std::string> GroupsOf(const Plan& plan) {
  std::map<std::string, std::string> groups;
  for (const MountPlan& mount : plan.mounts) {
    if (!mount.group.empty()) groups[mount.destination] = mount.group;
  }
  return groups;
}

TEST(PlanTest, MountsOfCgroupsShowTheContainersGroups) {
  proto::CgroupState groups;
  proto::CgroupDirectory& cpu = *groups.add_directories();
  cpu.add_controllers("cpu");
  cpu.add_controllers("cpuacct");
  cpu.set_path("/cgroup/cpu/a");
  proto::CgroupDirectory& unified = *groups.add_directories();
  unified.add_controllers("memory");
  unified.set_unified(true);
  unified.set_path("/cgroup/unified/a");
  const Cgroups cgroups = {
      {2, {"cpu", "cpuacct"}, "/"}, {1, {"cpu"}, "/"}, {0, {}, "/"}};
  EXPECT_THAT(
      GroupsOf(MakeGood(TestSpec(), cgroups, groups)),
      UnorderedElementsAre(
          std::make_pair("/sys/fs/cgroup/cpu,cpuacct", "/cgroup/cpu/a"),
          std::make_pair("/sys/fs/cgroup/unified", "/cgroup/unified/a")));
  EXPECT_THAT(GroupsOf(MakeGood(TestSpec(), {{0, {}, "/"}}, groups)),
              UnorderedElementsAre(
                  std::make_pair("/sys/fs/cgroup", "/cgroup/unified/a")));
  EXPECT_THAT(GroupsOf(MakeGood(TestSpec(), cgroups)), IsEmpty());

  proto::oci::Spec joining = TestSpec();
  for (proto::oci::Namespace& space :
       *joining.mutable_linux()->mutable_namespaces()) {
    if (space.type() == "cgroup") space.set_path("/proc/1/ns/cgroup");
  }
  EXPECT_THAT(GroupsOf(MakeGood(joining, cgroups, groups)), IsEmpty());
}

TEST(PlanTest, UnifiedMachineGetsOneCgroupMount) {
  const Plan plan = MakeGood(TestSpec(), {{0, {}, "/"}});
  EXPECT_THAT(MountsOf(plan, "cgroup2"), ElementsAre("/sys/fs/cgroup"));
  EXPECT_THAT(MountsOf(plan, "cgroup"), ElementsAre());
}

TEST(PlanTest, HybridMachineGetsADirectoryOfHierarchies) {
  const Plan plan = MakeGood(
      TestSpec(),
      {{2, {"cpu", "cpuacct"}, "/"}, {1, {"name=systemd"}, "/"}, {0, {}, "/"}});
  EXPECT_THAT(
      MountsOf(plan, "cgroup"),
      ElementsAre("/sys/fs/cgroup/cpu,cpuacct", "/sys/fs/cgroup/systemd"));
  EXPECT_THAT(MountsOf(plan, "cgroup2"), ElementsAre("/sys/fs/cgroup/unified"));
  EXPECT_EQ(plan.links.front().target, "cpu,cpuacct");
  EXPECT_EQ(plan.links.front().path, "/sys/fs/cgroup/cpu");
  for (const MountPlan& mount : plan.mounts) {
    if (mount.destination == "/sys/fs/cgroup") {
      EXPECT_TRUE(mount.read_only_at_last);
      EXPECT_EQ(mount.options.set & MOUNT_ATTR_RDONLY, 0);
    }
  }
}

TEST(PlanTest, ProgramIsLookedForInEveryDirectoryOfPath) {
  EXPECT_THAT(MakeGood(TestSpec()).process.candidates,
              ElementsAre("/a/true", "./true", "/b/true"));
  proto::oci::Spec spec = TestSpec();
  spec.mutable_process()->set_args(0, "bin/true");
  EXPECT_THAT(MakeGood(spec).process.candidates, ElementsAre("bin/true"));
}

TEST(PlanTest, ArgvPointsToTheArgsAfterAMove) {
  Plan plan = MakeGood(TestSpec());
  const Plan moved = std::move(plan);
  EXPECT_EQ(moved.process.argv[0], moved.process.args[0].c_str());
  EXPECT_EQ(moved.process.argv[1], nullptr);
}

TEST(PlanTest, SysctlNamesArePathsBelowProcSys) {
  proto::oci::Spec spec = TestSpec();
  spec.mutable_linux()->clear_sysctl();
  (*spec.mutable_linux()->mutable_sysctl())["kernel.msgmax"] = "1";
  EXPECT_EQ(MakeGood(spec).sysctls[0].path, "/proc/sys/kernel/msgmax");
  (*spec.mutable_linux()->mutable_sysctl())["net...x"] = "1";
  EXPECT_THAT(ErrorOf(spec), HasSubstr("net...x"));
}

TEST(PlanTest, WrongFieldsAreNamed) {
  proto::oci::Spec spec = TestSpec();
  spec.mutable_linux()->add_namespaces()->set_type("bogus");
  EXPECT_THAT(ErrorOf(spec), HasSubstr("bogus"));
  spec = TestSpec();
  spec.mutable_process()->mutable_capabilities()->add_bounding("CAP_BOGUS");
  EXPECT_THAT(ErrorOf(spec), HasSubstr("CAP_BOGUS"));
  spec = TestSpec();
  spec.mutable_process()->add_rlimits()->set_type("RLIMIT_BOGUS");
  EXPECT_THAT(ErrorOf(spec), HasSubstr("RLIMIT_BOGUS"));
  spec = TestSpec();
  spec.mutable_linux()->add_masked_paths("relative");
  EXPECT_THAT(ErrorOf(spec), HasSubstr("relative"));
  spec = TestSpec();
  spec.mutable_process()->set_cwd("relative");
  EXPECT_THAT(ErrorOf(spec), HasSubstr("relative"));
  spec = TestSpec();
  spec.mutable_process()->add_env(std::string("A\0B", 3));
  EXPECT_THAT(ErrorOf(spec), HasSubstr("NUL"));
}

TEST(PlanTest, ContainerWithoutMountNamespaceIsRefused) {
  proto::oci::Spec spec = TestSpec();
  spec.mutable_linux()->clear_namespaces();
  EXPECT_THAT(ErrorOf(spec), HasSubstr("mount"));
}

}  // namespace
}  // namespace cleat::runtime
