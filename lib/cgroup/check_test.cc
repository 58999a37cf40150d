#include "lib/cgroup/check.h"

#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cleat::cgroup {
namespace {

using ::testing::HasSubstr;

constexpr int64_t kMiB = 1 << 20;

proto::CgroupSpec Memory(int64_t memory) {
  proto::CgroupSpec spec;
  spec.set_memory_max_bytes(memory);
  return spec;
}

std::string Refusal(const proto::CgroupSpec& spec) {
  const absl::Status status = CheckSpec(spec);
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
  return std::string(status.message());
}

TEST(CheckSpecTest, NoLimitIsRight) { EXPECT_TRUE(CheckSpec({}).ok()); }

TEST(CheckSpecTest, MemoryHasALeastValue) {
  EXPECT_THAT(Refusal(Memory(kMiB)), HasSubstr("memory: 1048576 bytes"));
  EXPECT_THAT(Refusal(Memory(-1)), HasSubstr("memory: -1 bytes"));
  EXPECT_THAT(Refusal(Memory(INT64_MAX)), HasSubstr("memory: larger"));
  EXPECT_TRUE(CheckSpec(Memory(0)).ok());
  EXPECT_TRUE(CheckSpec(Memory(6 * kMiB)).ok());
}

TEST(CheckSpecTest, SwapContainsMemory) {
  proto::CgroupSpec spec;
  spec.set_memory_swap_max_bytes(64 * kMiB);
  EXPECT_THAT(Refusal(spec), HasSubstr("memory-swap: "));
  spec.set_memory_max_bytes(65 * kMiB);
  EXPECT_THAT(Refusal(spec), HasSubstr("less than memory alone, 65MiB"));
  spec.set_memory_max_bytes(64 * kMiB);
  EXPECT_TRUE(CheckSpec(spec).ok());
}

TEST(CheckSpecTest, ReservationIsNoMoreThanMemory) {
  proto::CgroupSpec spec = Memory(64 * kMiB);
  spec.set_memory_low_bytes(65 * kMiB);
  EXPECT_THAT(Refusal(spec), HasSubstr("memory-reservation: "));
}

TEST(CheckSpecTest, CpusAreThoseOfTheMachine) {
  const int64_t all = sysconf(_SC_NPROCESSORS_ONLN);
  proto::CgroupSpec spec;
  spec.set_cpu_nanos((all + 1) * 1000000000);
  EXPECT_THAT(Refusal(spec),
              HasSubstr(absl::StrCat("cpus: ", all + 1,
                                     " is not within 0.01 and ", all)));
  spec.set_cpu_nanos(9999999);
  EXPECT_THAT(Refusal(spec), HasSubstr("cpus: "));
  spec.set_cpu_nanos(all * 1000000000);
  EXPECT_TRUE(CheckSpec(spec).ok());
}

TEST(CheckSpecTest, BandwidthIsSaidOnce) {
  proto::CgroupSpec spec;
  spec.set_cpu_nanos(1000000000);
  spec.set_cpu_quota_us(5000);
  EXPECT_THAT(Refusal(spec), HasSubstr("give either"));
}

TEST(CheckSpecTest, OtherValuesHaveBounds) {
  proto::CgroupSpec spec;
  spec.set_cpu_period_us(999);
  EXPECT_THAT(Refusal(spec), HasSubstr("cpu-period: 999"));
  spec.set_cpu_period_us(1000);
  spec.set_cpu_quota_us(999);
  EXPECT_THAT(Refusal(spec), HasSubstr("cpu-quota: 999"));
  spec.Clear();
  spec.set_cpu_shares(1);
  EXPECT_THAT(Refusal(spec), HasSubstr("cpu-shares: 1"));
  spec.Clear();
  spec.set_cpuset_cpus("2-");
  EXPECT_THAT(Refusal(spec), HasSubstr("cpuset-cpus: "));
}

TEST(CheckSpecTest, AScopeHasNoOtherPlace) {
  proto::CgroupSpec spec;
  spec.set_slice("machine.slice");
  EXPECT_THAT(Refusal(spec), HasSubstr("slice: only with --systemd"));
  spec.set_systemd(true);
  EXPECT_TRUE(CheckSpec(spec).ok());
  spec.set_slice("machine");
  EXPECT_THAT(Refusal(spec), HasSubstr("machine does not end in .slice"));
  spec.clear_slice();
  spec.set_parent("outer");
  EXPECT_THAT(Refusal(spec), HasSubstr("give either"));
}

}  // namespace
}  // namespace cleat::cgroup
