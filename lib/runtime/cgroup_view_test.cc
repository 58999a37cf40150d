#include "lib/runtime/cgroup_view.h"

#include <sched.h>

#include "gtest/gtest.h"

namespace cleat::runtime {
namespace {

constexpr char kMounts[] =
    "31 30 0:26 / / rw - ext4 /dev/vda rw\n"
    "41 31 0:38 /a /other rw - cgroup2 cgroup2 rw\n"
    "42 31 0:38 / /groups rw - cgroup2 cgroup2 rw,nsdelegate\n"
    "43 31 0:38 /b /groups/b rw - cgroup2 cgroup2 rw\n";

class BindHostsGroupsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    plan_.mounts.resize(2);
    plan_.mounts[0].type = "tmpfs";
    plan_.mounts[1].type = "cgroup2";
    plan_.mounts[1].source = "cgroup";
  }

  const MountPlan& Bind(const char* cgroup) {
    BindHostsGroups(*procfs::ParseCgroup(cgroup),
                    *procfs::ParseMountinfo(kMounts), &plan_);
    EXPECT_EQ(plan_.mounts[0].type, "tmpfs");
    return plan_.mounts[1];
  }

  Plan plan_;
};

TEST_F(BindHostsGroupsTest, UnifiedHierarchyIsTheHosts) {
  const MountPlan& mount = Bind("0::/here\n");
  EXPECT_EQ(mount.type, "bind");
  EXPECT_EQ(mount.source, "/groups");
  EXPECT_TRUE(mount.options.bind);
}

TEST_F(BindHostsGroupsTest, HierarchiesOfV1AreMounted) {
  EXPECT_EQ(Bind("1:cpu:/\n0::/\n").type, "cgroup2");
}

TEST_F(BindHostsGroupsTest, NamespaceOfItsOwnIsMountedIn) {
  plan_.cgroup_namespace = true;
  EXPECT_EQ(Bind("0::/here\n").type, "cgroup2");
}

TEST_F(BindHostsGroupsTest, NamespaceThatIsJoinedIsMountedIn) {
  plan_.joined.push_back({CLONE_NEWCGROUP, "/proc/1/ns/cgroup", -1});
  EXPECT_EQ(Bind("0::/here\n").type, "cgroup2");
}

}  // namespace
}  // namespace cleat::runtime
