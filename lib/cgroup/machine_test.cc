#include "lib/cgroup/machine.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/testing/fake_cgroup.h"

namespace cleat::cgroup {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(FindMachineTest, HybridHasV1ControllersAndTheUnifiedHierarchyLast) {
  testing::FakeCgroup fake;
  fake.AddUnified("hugetlb", "/unified", "/user.slice");
  fake.AddV1({"cpu", "cpuacct"}, "/user.slice");
  fake.AddV1({"memory"});
  const absl::StatusOr<Machine> machine = FindMachine(fake.root());
  ASSERT_TRUE(machine.ok()) << machine.status();
  ASSERT_THAT(machine->hierarchies, SizeIs(3));
  EXPECT_THAT(machine->hierarchies[0].controllers,
              ElementsAre("cpu", "cpuacct"));
  EXPECT_EQ(machine->Find("cpuacct"), &machine->hierarchies[0]);
  EXPECT_EQ(machine->Find("memory")->OwnDirectory(), fake.Path("memory"));
  EXPECT_EQ(machine->Find("hugetlb"), machine->Unified());
  EXPECT_EQ(machine->Unified()->OwnDirectory(),
            fake.Path("/unified/user.slice"));
  EXPECT_EQ(machine->Find("pids"), nullptr);
}

TEST(FindMachineTest, PureV2HasOneHierarchy) {
  testing::FakeCgroup fake;
  fake.AddUnified("cpu memory pids");
  const Machine machine = *FindMachine(fake.root());
  ASSERT_THAT(machine.hierarchies, SizeIs(1));
  EXPECT_EQ(machine.Find("pids"), machine.Unified());
  EXPECT_EQ(machine.Unified()->mount, fake.Path(""));
}

TEST(FindMachineTest, NamedHierarchyIsOneWithoutControllers) {
  testing::FakeCgroup fake;
  fake.AddV1({"name=systemd"}, "/init.scope");
  const Machine machine = *FindMachine(fake.root());
  EXPECT_TRUE(machine.hierarchies[0].Has("name=systemd"));
  EXPECT_EQ(machine.hierarchies[0].own, "/init.scope");
  EXPECT_EQ(machine.Unified(), nullptr);
}

TEST(FindMachineTest, ReadOnlyMountIsMarked) {
  testing::FakeCgroup fake;
  fake.AddV1({"memory"}, "/", "ro,nosuid");
  EXPECT_TRUE(FindMachine(fake.root())->hierarchies[0].read_only);
}

TEST(FindMachineTest, GroupIsFoundBelowAMountOfAPart) {
  testing::ScopedTempDir root;
  root.Write("proc/self/mountinfo",
             "1 0 0:1 /docker/c1 /sys/fs/cgroup/pids ro - cgroup cgroup "
             "rw,pids\n"
             "2 0 0:2 /docker/c1 /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n"
             "3 0 0:2 / /all rw - cgroup cgroup rw,cpu\n");
  root.Write("proc/self/cgroup",
             "2:pids:/docker/c1/inner\n1:cpu:/docker/c1\n3:memory:/\n");
  const absl::StatusOr<Machine> machine = FindMachine(root.path());
  ASSERT_TRUE(machine.ok()) << machine.status();
  ASSERT_THAT(machine->hierarchies, SizeIs(2));
  EXPECT_EQ(machine->hierarchies[0].own, "/inner");
  EXPECT_EQ(machine->hierarchies[1].mount, root.Path("all"));
  EXPECT_EQ(machine->hierarchies[1].own, "/docker/c1");
}

TEST(FindMachineTest, GroupOutsideOfTheMountStandsAtItsRoot) {
  testing::FakeCgroup fake;
  fake.AddV1({"memory"}, "/../other");
  EXPECT_EQ(FindMachine(fake.root())->hierarchies[0].own, "/");
}

TEST(FindMachineTest, MachineWithoutCgroupsHasNone) {
  testing::ScopedTempDir root;
  root.Write("proc/self/mountinfo", "1 0 0:1 / / rw - ext4 /dev/vda rw\n");
  root.Write("proc/self/cgroup", "1:cpu:/\n");
  EXPECT_THAT(FindMachine(root.path())->hierarchies, IsEmpty());
}

TEST(FindMachineTest, MissingProcIsNotFound) {
  testing::ScopedTempDir root;
  EXPECT_TRUE(absl::IsNotFound(FindMachine(root.path()).status()));
}

}  // namespace
}  // namespace cleat::cgroup
