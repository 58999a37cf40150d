#include "lib/cgstat/list.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/cgroup/machine.h"
#include "lib/cgstat/group_files.h"
#include "lib/pb/json.h"
#include "lib/testing/fake_cgroup.h"
#include "proto/cgroup_query.table.h"

namespace cleat::cgstat {
namespace {

using ::testing::ElementsAre;

proto::CgroupListing List(const testing::FakeCgroup& fake) {
  const auto machine = cgroup::FindMachine(fake.root());
  const auto group = FindGroup(*machine, "/g");
  EXPECT_TRUE(group.ok()) << group.status();
  GroupFiles files;
  const auto listing = ListReader(fake.root()).Read(*group, &files);
  EXPECT_TRUE(listing.ok()) << listing.status();
  return listing.value_or(proto::CgroupListing());
}

std::vector<std::string> Row(const proto::CgroupListing& listing) {
  std::vector<std::string> cells;
  for (const ListColumn& column : ListColumns()) {
    cells.push_back(column.text(listing));
  }
  return cells;
}

TEST(ListTest, UnifiedGroupHasItsOwnLimits) {
  testing::FakeCgroup fake;
  fake.AddUnified("cpu memory pids cpuset");
  fake.AddGroup("g");
  fake.Write("g/cgroup.procs", "12\n7\n");
  fake.Write("g/cgroup.events", "populated 1\nfrozen 1\n");
  fake.Write("g/cgroup.type", "domain\n");
  fake.Write("g/memory.max", "67108864\n");
  fake.Write("g/memory.high", "max\n");
  fake.Write("g/cpu.max", "50000 100000\n");
  fake.Write("g/cpu.weight", "100\n");
  fake.Write("g/pids.max", "50\n");
  fake.Write("g/cpuset.cpus", "\n");
  const proto::CgroupListing listing = List(fake);
  EXPECT_EQ(
      pb::ToJson(listing),
      absl::StrCat(R"({"path":"/g","directories":[")", fake.Path("g"),
                   R"("],"processes":[7,12],"frozen":true,"type":"domain",)",
                   R"("limits":{"memoryMaxBytes":67108864,"cpuQuotaUs":50000,)",
                   R"("cpuPeriodUs":100000,"cpuWeight":100,"pidsMax":50}})"));
  EXPECT_THAT(Row(listing), ElementsAre("2", "0.5", "64MiB", "50", "frozen"));
}

TEST(ListTest, GroupOfV1HasThemFromAllHierarchies) {
  testing::FakeCgroup fake;
  for (const char* name : {"memory", "cpu", "freezer"}) {
    fake.AddV1({name});
    fake.AddGroup(absl::StrCat(name, "/g"));
  }
  fake.Write("memory/g/cgroup.procs", "7\n");
  fake.Write("cpu/g/cgroup.procs", "7\n8\n");
  fake.Write("memory/g/memory.limit_in_bytes", "67108864\n");
  fake.Write("cpu/g/cpu.cfs_quota_us", "-1\n");
  fake.Write("cpu/g/cpu.cfs_period_us", "100000\n");
  fake.Write("cpu/g/cpu.shares", "512\n");
  fake.Write("freezer/g/freezer.state", "THAWED\n");
  proto::CgroupListing listing = List(fake);
  EXPECT_THAT(listing.directories(),
              ElementsAre(fake.Path("memory/g"), fake.Path("cpu/g"),
                          fake.Path("freezer/g")));
  listing.clear_directories();
  EXPECT_EQ(pb::ToJson(listing),
            R"({"path":"/g","processes":[7,8],"frozen":false,)"
            R"("limits":{"memoryMaxBytes":67108864,"cpuShares":512}})");
  EXPECT_THAT(Row(listing), ElementsAre("2", "-", "64MiB", "-", "-"));
}

TEST(ListTest, ThreadedGroupHasThreads) {
  testing::FakeCgroup fake;
  fake.AddUnified("cpu");
  fake.AddGroup("g/cgroup.procs");  // cannot be read
  fake.Write("g/cgroup.type", "threaded\n");
  fake.Write("g/cgroup.threads", "7\n9\n");
  const proto::CgroupListing listing = List(fake);
  EXPECT_THAT(listing.threads(), ElementsAre(7, 9));
  EXPECT_EQ(Row(listing).front(), "2 threads");
}

TEST(ListTest, TreeIsIndented) {
  EXPECT_EQ(TreeName("/", "/"), "/");
  EXPECT_EQ(TreeName("/a", "/"), "  a");
  EXPECT_EQ(TreeName("/a/b", "/"), "    b");
  EXPECT_EQ(TreeName("/a", "/a"), "/a");
  EXPECT_EQ(TreeName("/a/b", "/a"), "  b");
}

}  // namespace
}  // namespace cleat::cgstat
