#include "lib/cgroup/limits.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cleat::cgroup {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr int64_t kMiB = 1 << 20;

// "file=value", with a "?" when it may be left out.
std::vector<std::string> Texts(const std::vector<Limit>& limits) {
  std::vector<std::string> texts;
  for (const Limit& limit : limits) {
    texts.push_back(
        absl::StrCat(limit.file, "=", limit.value, limit.skippable ? "?" : ""));
  }
  return texts;
}

proto::CgroupSpec Memory(int64_t memory) {
  proto::CgroupSpec spec;
  spec.set_memory_max_bytes(memory);
  return spec;
}

TEST(LimitsTest, EmptySpecSetsNothing) {
  EXPECT_THAT(LimitsV1({}), IsEmpty());
  EXPECT_THAT(LimitsV2({}), IsEmpty());
  EXPECT_THAT(NeedsOf({}), IsEmpty());
}

TEST(LimitsTest, MemoryAloneGivesAsMuchSwapIfThereIsAny) {
  const proto::CgroupSpec spec = Memory(64 * kMiB);
  EXPECT_THAT(Texts(LimitsV1(spec)),
              ElementsAre("memory.limit_in_bytes=67108864",
                          "memory.memsw.limit_in_bytes=134217728?"));
  EXPECT_THAT(Texts(LimitsV2(spec)),
              ElementsAre("memory.max=67108864", "memory.swap.max=67108864?"));
}

TEST(LimitsTest, WhatStandsForNoneIsNotAskedFor) {
  proto::CgroupSpec spec;
  spec.set_memory_swap_max_bytes(0);
  spec.set_cpu_shares(0);
  spec.set_cpu_period_us(0);
  spec.set_blkio_weight(0);
  spec.set_memory_swappiness(-1);
  spec.set_cpuset_cpus("");
  spec.set_cpuset_mems("");
  EXPECT_EQ(WithoutNone(spec).ByteSizeLong(), 0);
  // These two say that there is no limit.
  spec.Clear();
  spec.set_memory_max_bytes(0);
  spec.set_pids_max(0);
  spec.set_cpu_shares(2);
  spec.set_cpuset_cpus("0");
  EXPECT_EQ(WithoutNone(spec).SerializeAsString(), spec.SerializeAsString());
}

TEST(LimitsTest, SwapAskedForMustBeThere) {
  proto::CgroupSpec spec = Memory(64 * kMiB);
  spec.set_memory_swap_max_bytes(96 * kMiB);
  EXPECT_THAT(Texts(LimitsV1(spec)),
              ElementsAre("memory.limit_in_bytes=67108864",
                          "memory.memsw.limit_in_bytes=100663296"));
  EXPECT_THAT(Texts(LimitsV2(spec)),
              ElementsAre("memory.max=67108864", "memory.swap.max=33554432"));
}

TEST(LimitsTest, NoLimitIsWrittenAsEachVersionHasIt) {
  proto::CgroupSpec spec = Memory(64 * kMiB);
  spec.set_memory_swap_max_bytes(-1);
  spec.set_pids_max(0);
  EXPECT_THAT(Texts(LimitsV1(spec)),
              ElementsAre("memory.limit_in_bytes=67108864",
                          "memory.memsw.limit_in_bytes=-1", "pids.max=max"));
  EXPECT_THAT(Texts(LimitsV2(spec)),
              ElementsAre("memory.max=67108864", "memory.swap.max=max",
                          "pids.max=max"));
  EXPECT_THAT(Texts(LimitsV2(Memory(0))),
              ElementsAre("memory.max=max", "memory.swap.max=max?"));
}

TEST(LimitsTest, CpusAreQuotaOfADefaultPeriod) {
  proto::CgroupSpec spec;
  spec.set_cpu_nanos(500000000);
  EXPECT_THAT(Texts(LimitsV1(spec)), ElementsAre("cpu.cfs_period_us=100000",
                                                 "cpu.cfs_quota_us=50000"));
  EXPECT_THAT(Texts(LimitsV2(spec)), ElementsAre("cpu.max=50000 100000"));
}

TEST(LimitsTest, QuotaAndPeriodAreTakenAsTheyAre) {
  proto::CgroupSpec spec;
  spec.set_cpu_period_us(20000);
  EXPECT_THAT(Texts(LimitsV2(spec)), ElementsAre("cpu.max=max 20000"));
  spec.set_cpu_quota_us(5000);
  EXPECT_THAT(Texts(LimitsV2(spec)), ElementsAre("cpu.max=5000 20000"));
}

TEST(LimitsTest, SharesBecomeWeightAsCrunAndRuncHaveIt) {
  const std::pair<int64_t, const char*> kPairs[] = {
      {2, "1"}, {1024, "39"}, {2048, "79"}, {262144, "10000"}};
  for (const auto& [shares, weight] : kPairs) {
    proto::CgroupSpec spec;
    spec.set_cpu_shares(shares);
    EXPECT_EQ(LimitsV1(spec)[0].value, absl::StrCat(shares));
    EXPECT_EQ(LimitsV2(spec)[0].value, weight);
  }
}

// "v1 controller|v2 controller" of each need, with a "!" where that version has
// no such limit.
std::vector<std::string> Needed(const proto::CgroupSpec& spec) {
  std::vector<std::string> texts;
  for (const Need& need : NeedsOf(spec)) {
    texts.push_back(
        absl::StrCat(need.v1.controller, need.v1.lacking.empty() ? "|" : "!|",
                     need.v2.controller, need.v2.lacking.empty() ? "" : "!"));
  }
  return texts;
}

TEST(NeedsTest, EachNeededControllerIsNamedOnce) {
  proto::CgroupSpec spec = Memory(64 * kMiB);
  spec.set_memory_low_bytes(32 * kMiB);
  spec.set_pids_max(50);
  spec.set_cpuset_cpus("0");
  spec.add_device_read_bps("8:0 1");
  EXPECT_THAT(Needed(spec), ElementsAre("cpuset|cpuset", "memory|memory",
                                        "blkio|io", "pids|pids"));
}

TEST(NeedsTest, WhatOneVersionLacksIsSaid) {
  proto::CgroupSpec spec;
  spec.set_memory_swappiness(10);
  spec.set_oom_group(true);
  spec.set_net_cls("1");
  spec.add_unified("memory.high=1");
  spec.add_files("cgroup.freeze=1");
  EXPECT_THAT(Needed(spec),
              ElementsAre("memory|memory!", "memory!|memory",
                          "net_cls|net_cls!", "memory!|memory", "!|"));
  // What is the default there is had without a file.
  spec.Clear();
  spec.set_oom_group(false);
  spec.set_oom_kill_disable(false);
  EXPECT_THAT(Needed(spec), ElementsAre("memory|memory"));
}

TEST(LimitsTest, CpuHasMoreOnV1) {
  proto::CgroupSpec spec;
  spec.set_cpu_burst_us(5000);
  spec.set_cpu_idle(true);
  spec.set_cpu_rt_period_us(1000000);
  spec.set_cpu_rt_runtime_us(950000);
  EXPECT_THAT(
      Texts(LimitsV1(spec)),
      ElementsAre("cpu.cfs_burst_us=5000", "cpu.idle=1",
                  "cpu.rt_period_us=1000000", "cpu.rt_runtime_us=950000"));
  EXPECT_THAT(Texts(LimitsV2(spec)),
              ElementsAre("cpu.max.burst=5000", "cpu.idle=1"));
}

TEST(LimitsTest, MemoryHasItsOwnOnEachVersion) {
  proto::CgroupSpec spec;
  spec.set_memory_swappiness(10);
  spec.set_kernel_memory_bytes(kMiB);
  spec.set_oom_kill_disable(true);
  spec.set_oom_group(true);
  EXPECT_THAT(
      Texts(LimitsV1(spec)),
      ElementsAre("memory.swappiness=10", "memory.kmem.limit_in_bytes=1048576",
                  "memory.oom_control=1"));
  EXPECT_THAT(Texts(LimitsV2(spec)), ElementsAre("memory.oom.group=1"));
}

TEST(LimitsTest, DevicesAreLinesOfOneFileOnV2) {
  proto::CgroupSpec spec;
  spec.add_device_read_bps("8:0 1048576");
  spec.add_device_write_bps("8:0 2048");
  spec.add_device_read_iops("8:16 10");
  spec.add_device_write_iops("8:0 20");
  spec.add_io_latency("8:0 10000");
  spec.add_io_cost("8:0 enable=1 rpct=95");
  spec.add_io_cost("8:0 ctrl=user model=linear");
  EXPECT_THAT(Texts(LimitsV1(spec)),
              ElementsAre("blkio.throttle.read_bps_device=8:0 1048576",
                          "blkio.throttle.write_bps_device=8:0 2048",
                          "blkio.throttle.read_iops_device=8:16 10",
                          "blkio.throttle.write_iops_device=8:0 20"));
  EXPECT_THAT(Texts(LimitsV2(spec)),
              ElementsAre("io.max=8:0 rbps=1048576", "io.max=8:0 wbps=2048",
                          "io.max=8:16 riops=10", "io.max=8:0 wiops=20",
                          "io.latency=8:0 target=10000",
                          "io.cost.qos=8:0 enable=1 rpct=95",
                          "io.cost.model=8:0 ctrl=user model=linear"));
}

// OCI's 10 to 1000 is bfq's as it is, and iocost's 1 to 10000.
TEST(LimitsTest, BlkioWeightHasTwoFiles) {
  proto::CgroupSpec spec;
  spec.set_blkio_weight(500);
  spec.add_blkio_weight_device("8:0 1000");
  const std::vector<Limit> v1 = LimitsV1(spec), v2 = LimitsV2(spec);
  EXPECT_EQ(v1[0].file, "blkio.bfq.weight");
  EXPECT_EQ(v1[0].other_file, "blkio.weight");
  EXPECT_EQ(v1[0].value, "500");
  EXPECT_EQ(v2[0].file, "io.bfq.weight");
  EXPECT_EQ(v2[0].value, "default 500");
  EXPECT_EQ(v2[0].other_file, "io.weight");
  EXPECT_EQ(v2[0].other_value, "default 4950");
  EXPECT_EQ(v2[1].value, "8:0 1000");
  EXPECT_EQ(v2[1].other_value, "8:0 10000");
}

TEST(LimitsTest, OtherControllersHaveTheirFiles) {
  proto::CgroupSpec spec;
  spec.add_hugetlb("2MB 4194304");
  spec.add_rdma("mlx4_0 hca_handle=2");
  spec.add_misc("sev 4");
  spec.set_net_cls("1048577");
  spec.add_net_prio("eth0 5");
  EXPECT_THAT(
      Texts(LimitsV1(spec)),
      ElementsAre("hugetlb.2MB.limit_in_bytes=4194304",
                  "rdma.max=mlx4_0 hca_handle=2", "misc.max=sev 4",
                  "net_cls.classid=1048577", "net_prio.ifpriomap=eth0 5"));
  EXPECT_THAT(Texts(LimitsV2(spec)),
              ElementsAre("hugetlb.2MB.max=4194304",
                          "rdma.max=mlx4_0 hca_handle=2", "misc.max=sev 4"));
}

TEST(LimitsTest, KernelNamesGoWhereTheirControllerIs) {
  proto::CgroupSpec spec;
  spec.add_files("memory.high=1073741824");
  spec.add_files("cgroup.max.depth=3");
  spec.add_unified("pids.max=7");
  for (const auto& limits : {LimitsV1(spec), LimitsV2(spec)}) {
    const Limit& high = limits[limits.size() - 2];
    EXPECT_EQ(high.controller, "memory");
    EXPECT_EQ(high.value, "1073741824");
    EXPECT_EQ(limits.back().controller, "");
  }
  EXPECT_THAT(Texts(LimitsV2(spec)),
              ElementsAre("pids.max=7", "memory.high=1073741824",
                          "cgroup.max.depth=3"));
}

TEST(MergeTest, EntryOfAListReplacesThatOfTheSameDevice) {
  proto::CgroupSpec before, change;
  before.add_device_write_bps("/dev/sda:1m");
  before.add_device_write_bps("/dev/sdb:2m");
  before.add_files("memory.high=1g");
  change.add_device_write_bps("/dev/sda:3m");
  change.add_files("memory.high=2g");
  const proto::CgroupSpec merged = Merge(before, change);
  EXPECT_THAT(merged.device_write_bps(),
              ElementsAre("/dev/sdb:2m", "/dev/sda:3m"));
  EXPECT_THAT(merged.files(), ElementsAre("memory.high=2g"));
}

TEST(MergeTest, SharesEndIdling) {
  proto::CgroupSpec idle, shares;
  idle.set_cpu_idle(true);
  shares.set_cpu_shares(512);
  EXPECT_FALSE(Merge(idle, shares).cpu_idle());
  EXPECT_TRUE(Merge(idle, shares).has_cpu_idle());
  EXPECT_FALSE(Merge(shares, idle).has_cpu_shares());
}

TEST(MergeTest, CpusAndQuotaReplaceEachOther) {
  proto::CgroupSpec cpus = Memory(64 * kMiB);
  cpus.set_cpu_nanos(1000000000);
  proto::CgroupSpec quota;
  quota.set_cpu_quota_us(5000);
  const proto::CgroupSpec merged = Merge(cpus, quota);
  EXPECT_FALSE(merged.has_cpu_nanos());
  EXPECT_EQ(merged.cpu_quota_us(), 5000);
  EXPECT_EQ(merged.memory_max_bytes(), 64 * kMiB);
  EXPECT_FALSE(Merge(quota, cpus).has_cpu_quota_us());
}

}  // namespace
}  // namespace cleat::cgroup
