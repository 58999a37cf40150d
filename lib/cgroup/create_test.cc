#include "lib/cgroup/create.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/sys/file.h"
#include "lib/testing/fake_cgroup.h"

namespace cleat::cgroup {
namespace {

using ::testing::HasSubstr;

// The group c1 in a fake hierarchy at `mount`.
proto::CgroupDirectory& AddDirectory(const testing::FakeCgroup& fake,
                                     const std::string& mount,
                                     proto::CgroupState& state) {
  proto::CgroupDirectory& directory = *state.add_directories();
  directory.set_base(fake.Path(mount));
  directory.set_path(fake.Path(mount + "/cleat/c1"));
  return directory;
}

TEST(CreateTest, MakesParentsAndAcceptsWhatIsThere) {
  testing::FakeCgroup fake;
  fake.AddV1({"pids"});
  proto::CgroupState state;
  AddDirectory(fake, "pids", state).add_controllers("pids");
  EXPECT_TRUE(Create(state).ok());
  EXPECT_TRUE(Create(state).ok());
  EXPECT_TRUE(sys::Exists(fake.Path("pids/cleat/c1")));
}

TEST(CreateTest, CpusetIsInheritedDownThePath) {
  testing::FakeCgroup fake;
  fake.AddV1({"cpuset"});
  fake.Write("cpuset/cpuset.cpus", "0-3\n");
  fake.Write("cpuset/cpuset.mems", "0\n");
  fake.AddGroup("cpuset/cleat", {"cpuset.cpus", "cpuset.mems"});
  fake.AddGroup("cpuset/cleat/c1", {"cpuset.cpus", "cpuset.mems"});
  fake.Write("cpuset/cleat/cpuset.cpus", "1\n");
  proto::CgroupState state;
  AddDirectory(fake, "cpuset", state).add_controllers("cpuset");
  const absl::Status status = Create(state);
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(fake.Read("cpuset/cleat/cpuset.cpus"), "1\n");
  EXPECT_EQ(fake.Read("cpuset/cleat/cpuset.mems"), "0\n");
  EXPECT_EQ(fake.Read("cpuset/cleat/c1/cpuset.cpus"), "1\n");
  EXPECT_EQ(fake.Read("cpuset/cleat/c1/cpuset.mems"), "0\n");
}

// Another process has made the group above, and comes to its CPUs next.
TEST(CreateTest, GroupAboveThatHasNoCpusYetIsGivenThem) {
  testing::FakeCgroup fake;
  fake.AddV1({"cpuset"});
  fake.Write("cpuset/cpuset.cpus", "0-3\n");
  fake.Write("cpuset/cpuset.mems", "0\n");
  fake.AddGroup("cpuset/cleat/c1", {"cpuset.cpus", "cpuset.mems"});
  fake.AddGroup("cpuset/cleat", {"cpuset.cpus", "cpuset.mems"});
  proto::CgroupState state;
  proto::CgroupDirectory& directory = AddDirectory(fake, "cpuset", state);
  directory.add_controllers("cpuset");
  directory.set_base(fake.Path("cpuset/cleat"));
  ASSERT_TRUE(Create(state).ok());
  EXPECT_EQ(fake.Read("cpuset/cleat/cpuset.cpus"), "0-3\n");
  EXPECT_EQ(fake.Read("cpuset/cleat/c1/cpuset.cpus"), "0-3\n");
  EXPECT_EQ(fake.Read("cpuset/cleat/c1/cpuset.mems"), "0\n");
}

TEST(CreateTest, ControllersThatAreNotYetAreEnabledDownThePath) {
  testing::FakeCgroup fake;
  fake.AddUnified("cpu memory pids");
  fake.Write("cgroup.subtree_control", "memory\n");
  fake.AddGroup("cleat", {"cgroup.subtree_control"});
  proto::CgroupState state;
  proto::CgroupDirectory& directory = AddDirectory(fake, "", state);
  directory.set_base(fake.Path(""));
  directory.set_unified(true);
  directory.add_controllers("memory");
  directory.add_controllers("pids");
  const absl::Status status = Create(state);
  ASSERT_TRUE(status.ok()) << status;
  // A file keeps the bytes behind those that are written; the kernel's does
  // not.
  EXPECT_THAT(fake.Read("cgroup.subtree_control"), HasSubstr("+pids"));
  EXPECT_EQ(fake.Read("cleat/cgroup.subtree_control"), "+memory +pids");
  EXPECT_TRUE(sys::Exists(fake.Path("cleat/c1")));
}

TEST(CreateTest, VanishedHierarchyIsNamed) {
  testing::FakeCgroup fake;
  proto::CgroupState state;
  AddDirectory(fake, "gone", state);
  const absl::Status status = Create(state);
  EXPECT_TRUE(absl::IsNotFound(status)) << status;
  EXPECT_THAT(status.message(), HasSubstr("make cgroup"));
  EXPECT_THAT(status.message(), HasSubstr("/gone/cleat"));
}

}  // namespace
}  // namespace cleat::cgroup
