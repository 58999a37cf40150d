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
  EXPECT_THAT(NeededControllers({}), IsEmpty());
}

TEST(LimitsTest, MemoryAloneGivesAsMuchSwapIfThereIsAny) {
  const proto::CgroupSpec spec = Memory(64 * kMiB);
  EXPECT_THAT(Texts(LimitsV1(spec)),
              ElementsAre("memory.limit_in_bytes=67108864",
                          "memory.memsw.limit_in_bytes=134217728?"));
  EXPECT_THAT(Texts(LimitsV2(spec)),
              ElementsAre("memory.max=67108864", "memory.swap.max=67108864?"));
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

TEST(LimitsTest, EachNeededControllerIsNamedOnce) {
  proto::CgroupSpec spec = Memory(64 * kMiB);
  spec.set_memory_low_bytes(32 * kMiB);
  spec.set_pids_max(50);
  spec.set_cpuset_cpus("0");
  EXPECT_THAT(NeededControllers(spec), ElementsAre("cpuset", "memory", "pids"));
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
