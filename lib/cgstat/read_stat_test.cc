#include "lib/cgstat/read_stat.h"

#include <sys/stat.h>
#include <unistd.h>

#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/cgstat/stat_table.h"
#include "lib/pb/json.h"
#include "lib/sys/file.h"
#include "lib/testing/fake_cgroup.h"
#include "proto/cgroup_query.table.h"

namespace cleat::cgstat {
namespace {

using ::testing::HasSubstr;

// What a group has used, as JSON.
std::string Stat(const testing::FakeCgroup& fake,
                 const std::vector<std::string>& fields = {}) {
  const auto machine = cgroup::FindMachine(fake.root());
  EXPECT_TRUE(machine.ok()) << machine.status();
  const auto group = FindGroup(*machine, "/g");
  EXPECT_TRUE(group.ok()) << group.status();
  GroupFiles files;
  const auto stat = StatReader(fields, fake.root()).Read(*group, &files);
  EXPECT_TRUE(stat.ok()) << stat.status();
  return pb::ToJson(*stat);
}

// The machine's huge pages, and a disk.
void AddDevices(const testing::FakeCgroup& fake) {
  ASSERT_TRUE(sys::MakeDirectories(fake.root() + "/sys/kernel/mm/hugepages/"
                                                 "hugepages-2048kB")
                  .ok());
  ASSERT_TRUE(sys::MakeDirectories(fake.root() + "/sys/dev/block").ok());
  ASSERT_EQ(symlink("../../devices/pci0000:00/block/sda",
                    (fake.root() + "/sys/dev/block/8:0").c_str()),
            0);
}

TEST(StatTableTest, EveryFieldIsOneOfTheMessage) {
  for (const auto rows : {StatTables().unified, StatTables().v1}) {
    for (const FieldRow& row : rows) {
      const pb::Message* message = &pb::TableOf<proto::CgroupStat>();
      const pb::Field* found = nullptr;
      for (const absl::string_view name : absl::StrSplit(row.field, '.')) {
        found = nullptr;
        ASSERT_NE(message, nullptr) << row.field;
        for (const pb::Field& field : *message) {
          if (name == field.name) found = &field;
        }
        ASSERT_NE(found, nullptr) << row.field << ": no " << name;
        message =
            found->type == pb::Type::kMessage ? found->message() : nullptr;
      }
      EXPECT_EQ(found->type, pb::Type::kInteger) << row.field;
    }
  }
}

TEST(StatTableTest, RowsOfOneFileStandTogether) {
  for (const auto rows : {StatTables().unified, StatTables().v1}) {
    std::set<std::string> done;
    std::string last;
    for (const FieldRow& row : rows) {
      if (row.file == last) continue;
      EXPECT_TRUE(done.insert(row.file).second) << row.file;
      last = row.file;
    }
  }
}

TEST(ReadStatTest, UnifiedFilesFillTheFields) {
  testing::FakeCgroup fake;
  AddDevices(fake);
  fake.AddUnified("cpu memory pids io hugetlb misc rdma");
  fake.AddGroup("g");
  fake.Write("g/cpu.stat",
             "usage_usec 5000\nuser_usec 3000\nsystem_usec 2000\n"
             "core_sched.force_idle_usec 0\nnr_periods 10\nnr_throttled 4\n"
             "throttled_usec 700\nnr_bursts 1\nburst_usec 2\n");
  fake.Write("g/memory.current", "4096\n");
  fake.Write("g/memory.max", "max\n");
  fake.Write("g/memory.stat", "anon 100\nfile 200\nkernel 30\nnew_thing 7\n");
  fake.Write("g/memory.events", "low 0\nhigh 3\nmax 2\noom 1\noom_kill 1\n");
  fake.Write("g/memory.swap.current", "8192\n");
  fake.Write("g/pids.current", "3\n");
  fake.Write("g/pids.max", "50\n");
  fake.Write("g/io.stat",
             "8:0 rbytes=10 wbytes=20 rios=1 wios=2 dbytes=0 dios=0\n7:0 \n");
  fake.Write("g/memory.pressure",
             "some avg10=1.50 avg60=0.12 avg300=0.00 total=99\n"
             "full avg10=0.00 avg60=0.00 avg300=0.00 total=9\n");
  fake.Write("g/hugetlb.2MB.current", "2097152\n");
  fake.Write("g/hugetlb.2MB.max", "max\n");
  fake.Write("g/hugetlb.2MB.events", "max 6\n");
  fake.Write("g/misc.current", "sev 2\nsev_es 0\n");
  fake.Write("g/rdma.current", "mlx4_0 hca_handle=2 hca_object=2000\n");
  EXPECT_EQ(
      Stat(fake),
      R"({"path":"/g",)"
      R"("cpu":{"usageUs":5000,"userUs":3000,"systemUs":2000,"periods":10,)"
      R"("throttledPeriods":4,"throttledUs":700,"bursts":1,"burstUs":2},)"
      R"("memory":{"currentBytes":4096,"anonBytes":100,"fileBytes":200,)"
      R"("kernelBytes":30,"lowEvents":0,"highEvents":3,"maxEvents":2,)"
      R"("oomEvents":1,"oomKills":1},)"
      R"("swap":{"currentBytes":8192},"pids":{"current":3,"limit":50},)"
      R"("io":[{"device":"8:0","name":"sda","readBytes":10,"writeBytes":20,)"
      R"("discardBytes":0,"reads":1,"writes":2,"discards":0}],)"
      R"("pressure":{"memory":{"some":{"avg10BasisPoints":150,)"
      R"("avg60BasisPoints":12,"avg300BasisPoints":0,"totalUs":99},)"
      R"("full":{"avg10BasisPoints":0,"avg60BasisPoints":0,)"
      R"("avg300BasisPoints":0,"totalUs":9}}},)"
      R"("hugetlb":[{"size":"2MB","currentBytes":2097152,"maxEvents":6}],)"
      R"("misc":[{"name":"sev","current":2},{"name":"sev_es","current":0}],)"
      R"("rdma":[{"device":"mlx4_0","handles":2,"objects":2000}]})");
}

TEST(ReadStatTest, FilesOfV1FillTheSameFields) {
  testing::FakeCgroup fake;
  AddDevices(fake);
  for (const char* name :
       {"cpu", "cpuacct", "memory", "pids", "blkio", "hugetlb"}) {
    fake.AddV1({name});
    fake.AddGroup(absl::StrCat(name, "/g"));
  }
  fake.Write("cpuacct/g/cpuacct.usage", "5000999\n");
  fake.Write("cpuacct/g/cpuacct.usage_user", "3000000\n");
  fake.Write("cpu/g/cpu.stat",
             "nr_periods 10\nnr_throttled 4\nthrottled_time 700000\n");
  fake.Write("memory/g/memory.usage_in_bytes", "4096\n");
  fake.Write("memory/g/memory.limit_in_bytes", "9223372036854771712\n");
  fake.Write("memory/g/memory.stat", "rss 1\ntotal_rss 100\ntotal_swap 8192\n");
  fake.Write("memory/g/memory.failcnt", "2\n");
  fake.Write("memory/g/memory.oom_control",
             "oom_kill_disable 0\nunder_oom 0\noom_kill 1\n");
  fake.Write("pids/g/pids.current", "3\n");
  fake.Write("pids/g/pids.max", "max\n");
  fake.Write("blkio/g/blkio.throttle.io_service_bytes_recursive",
             "8:0 Read 10\n8:0 Write 20\n8:0 Total 30\nTotal 30\n");
  fake.Write("blkio/g/blkio.throttle.io_serviced_recursive", "Total 0\n");
  fake.Write("hugetlb/g/hugetlb.2MB.usage_in_bytes", "2097152\n");
  fake.Write("hugetlb/g/hugetlb.2MB.limit_in_bytes", "9223372036852678656\n");
  EXPECT_EQ(Stat(fake),
            R"({"path":"/g",)"
            R"("cpu":{"usageUs":5000,"userUs":3000,"periods":10,)"
            R"("throttledPeriods":4,"throttledUs":700},)"
            R"("memory":{"currentBytes":4096,"anonBytes":100,"maxEvents":2,)"
            R"("oomKills":1},)"
            R"("swap":{"currentBytes":8192},"pids":{"current":3},)"
            R"("io":[{"device":"8:0","name":"sda","readBytes":10,)"
            R"("writeBytes":20}],)"
            R"("hugetlb":[{"size":"2MB","currentBytes":2097152}]})");
}

// v1's controllers, and pressure from the v2 tree beside them.
TEST(ReadStatTest, HybridMachineTellsOfBoth) {
  testing::FakeCgroup fake;
  fake.AddV1({"cpuacct"});
  fake.AddUnified("", "/unified");
  fake.AddGroup("cpuacct/g");
  fake.AddGroup("unified/g");
  fake.Write("cpuacct/g/cpuacct.usage", "5000000\n");
  fake.Write("unified/g/cpu.stat", "usage_usec 4999\nuser_usec 7\n");
  fake.Write("unified/g/cpu.pressure", "some total=9\n");
  EXPECT_EQ(Stat(fake), R"({"path":"/g","cpu":{"usageUs":5000,"userUs":7},)"
                        R"("pressure":{"cpu":{"some":{"totalUs":9}}}})");
}

TEST(ReadStatTest, OnlyTheFieldsAskedForAreRead) {
  testing::FakeCgroup fake;
  fake.AddUnified("memory pids");
  fake.AddGroup("g");
  fake.Write("g/memory.current", "4096\n");
  fake.Write("g/memory.max", "8192\n");
  fake.Write("g/pids.current", "3\n");
  EXPECT_EQ(Stat(fake, {"memory.limit_bytes"}),
            R"({"path":"/g","memory":{"limitBytes":8192}})");
}

TEST(ReadStatTest, WithoutControllersThereIsOnlyThePath) {
  testing::FakeCgroup fake;
  fake.AddUnified("");
  fake.AddGroup("g");
  EXPECT_EQ(Stat(fake), R"({"path":"/g"})");
}

TEST(ReadStatTest, GroupThatHasGoneIsNotFound) {
  testing::FakeCgroup fake;
  fake.AddUnified("memory");
  fake.AddGroup("g");
  const auto machine = cgroup::FindMachine(fake.root());
  const auto group = FindGroup(*machine, "/g");
  ASSERT_EQ(rmdir(fake.Path("g").c_str()), 0);
  GroupFiles files;
  const auto stat = StatReader({}, fake.root()).Read(*group, &files);
  EXPECT_TRUE(absl::IsNotFound(stat.status())) << stat.status();
  EXPECT_EQ(stat.status().message(), "cgroup /g has been removed");
}

TEST(ReadStatTest, FileThatCannotBeReadIsNamed) {
  testing::FakeCgroup fake;
  fake.AddUnified("memory");
  fake.AddGroup("g/memory.current");
  const auto machine = cgroup::FindMachine(fake.root());
  GroupFiles files;
  const auto stat =
      StatReader({}, fake.root()).Read(*FindGroup(*machine, "/g"), &files);
  EXPECT_FALSE(stat.ok());
  EXPECT_THAT(stat.status().message(),
              HasSubstr("/g: memory.current: read: Is a directory"));
}

}  // namespace
}  // namespace cleat::cgstat
