#include "lib/cgroup/copy.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/testing/fake_cgroup.h"

namespace cleat::cgroup {
namespace {

using ::testing::ElementsAre;

// The process 7 beside "self", in the same groups.
class CopySpecTest : public ::testing::Test {
 protected:
  proto::CgroupSpec Copy() {
    // Relative: the fake tree's own proc.
    EXPECT_EQ(symlink("self", absl::StrCat(fake_.root(), "/proc/7").c_str()),
              0);
    const absl::StatusOr<proto::CgroupSpec> spec = CopySpec(7, fake_.root());
    EXPECT_TRUE(spec.ok()) << spec.status();
    return spec.value_or(proto::CgroupSpec());
  }

  testing::FakeCgroup fake_;
};

TEST_F(CopySpecTest, FilesOfV1BecomeFields) {
  fake_.AddV1({"memory"}, "/a");
  fake_.AddV1({"cpu", "cpuacct"}, "/a");
  fake_.AddV1({"pids"}, "/a");
  fake_.AddV1({"blkio"}, "/a");
  fake_.Write("memory/a/memory.limit_in_bytes", "67108864\n");
  fake_.Write("memory/a/memory.memsw.limit_in_bytes", "9223372036854771712\n");
  fake_.Write("memory/a/memory.oom_control",
              "oom_kill_disable 1\noom_kill 0\n");
  fake_.Write("cpu/a/cpu.shares", "512\n");
  fake_.Write("cpu/a/cpu.cfs_quota_us", "50000\n");
  fake_.Write("cpu/a/cpu.cfs_period_us", "100000\n");
  fake_.Write("pids/a/pids.max", "50\n");
  fake_.Write("blkio/a/blkio.throttle.write_bps_device",
              "8:0 1048576\n8:16 2048\n");
  const proto::CgroupSpec spec = Copy();
  EXPECT_EQ(spec.memory_max_bytes(), 67108864);
  EXPECT_EQ(spec.memory_swap_max_bytes(), -1);
  EXPECT_TRUE(spec.oom_kill_disable());
  EXPECT_EQ(spec.cpu_shares(), 512);
  EXPECT_EQ(spec.cpu_quota_us(), 50000);
  EXPECT_EQ(spec.cpu_period_us(), 100000);
  EXPECT_EQ(spec.pids_max(), 50);
  EXPECT_THAT(spec.device_write_bps(), ElementsAre("8:0:1048576", "8:16:2048"));
}

TEST_F(CopySpecTest, FilesOfV2BecomeTheSameFields) {
  fake_.AddUnified("cpu cpuset io memory pids", "", "/a");
  fake_.Write("a/memory.max", "67108864\n");
  fake_.Write("a/memory.swap.max", "33554432\n");
  fake_.Write("a/cpu.weight", "20\n");
  fake_.Write("a/cpu.max", "50000 100000\n");
  fake_.Write("a/cpuset.cpus", "0-1\n");
  fake_.Write("a/io.max", "8:0 rbps=max wbps=1048576 riops=7 wiops=max\n");
  const proto::CgroupSpec spec = Copy();
  EXPECT_EQ(spec.memory_max_bytes(), 67108864);
  EXPECT_EQ(spec.memory_swap_max_bytes(), 67108864 + 33554432);
  // Those that become weight 20 again.
  EXPECT_EQ(1 + (spec.cpu_shares() - 2) * 9999 / 262142, 20);
  EXPECT_EQ(spec.cpu_quota_us(), 50000);
  EXPECT_EQ(spec.cpuset_cpus(), "0-1");
  EXPECT_THAT(spec.device_write_bps(), ElementsAre("8:0:1048576"));
  EXPECT_THAT(spec.device_read_iops(), ElementsAre("8:0:7"));
}

TEST_F(CopySpecTest, DefaultsAreNoLimits) {
  fake_.AddUnified("cpu memory pids", "", "/a");
  fake_.Write("a/memory.max", "max\n");
  fake_.Write("a/memory.swap.max", "0\n");
  fake_.Write("a/memory.low", "0\n");
  fake_.Write("a/cpu.weight", "100\n");
  fake_.Write("a/cpu.max", "max 100000\n");
  fake_.Write("a/cpuset.cpus", "\n");
  fake_.Write("a/pids.max", "max\n");
  EXPECT_EQ(Copy().ByteSizeLong(), 0u);
}

TEST_F(CopySpecTest, RootHasNoLimits) {
  fake_.AddV1({"cpu"});
  fake_.Write("cpu/cpu.shares", "2\n");
  EXPECT_EQ(Copy().ByteSizeLong(), 0u);
}

TEST_F(CopySpecTest, NoProcessIsSaidSo) {
  fake_.AddV1({"cpu"});
  const absl::Status status = CopySpec(8, fake_.root()).status();
  EXPECT_TRUE(absl::IsNotFound(status)) << status;
}

}  // namespace
}  // namespace cleat::cgroup
