#include "lib/cgroup/check.h"

#include <unistd.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "lib/base/status_macros.h"
#include "lib/base/units.h"
#include "lib/cgroup/device_rules.h"
#include "lib/cgroup/normal.h"

namespace cleat::cgroup {
namespace {

using proto::CgroupSpec;

// Docker's bounds.
constexpr int64_t kMinMemory = 6 << 20;
constexpr int64_t kMinCpuNanos = 10000000;
// The kernel's: sched/core.c, min_cfs_quota_period and max_cfs_quota_period.
constexpr int64_t kMinPeriod = 1000;
constexpr int64_t kMaxPeriod = 1000000;
// The kernel's MIN_SHARES and MAX_SHARES.
constexpr int64_t kMinShares = 2;
constexpr int64_t kMaxShares = 262144;

// -1 is no limit.
int64_t Memory(const CgroupSpec& spec) {
  return spec.memory_max_bytes() == 0 ? -1 : spec.memory_max_bytes();
}

template <typename... Text>
absl::Status Refuse(const Text&... text) {
  return absl::InvalidArgumentError(absl::StrCat("check limits: ", text...));
}

absl::Status CheckMemory(const CgroupSpec& spec) {
  const int64_t memory = Memory(spec);
  if (spec.memory_max_bytes() < 0 || (memory > 0 && memory < kMinMemory)) {
    return Refuse("memory: ", spec.memory_max_bytes(), " bytes are less than ",
                  FormatBytes(kMinMemory), ", the least a program starts with");
  }
  if (memory > INT64_MAX / 2)
    return Refuse("memory: larger than any machine's");
  if (spec.memory_low_bytes() < 0)
    return Refuse("memory-reservation: negative");
  if (memory > 0 && spec.memory_low_bytes() > memory) {
    return Refuse("memory-reservation: larger than memory, ",
                  FormatBytes(memory));
  }
  return absl::OkStatus();
}

absl::Status CheckSwap(const CgroupSpec& spec) {
  const int64_t both = spec.memory_swap_max_bytes();
  if (!spec.has_memory_swap_max_bytes() || both == -1) return absl::OkStatus();
  if (Memory(spec) < 0) {
    return Refuse("memory-swap: is memory and swap together, and needs memory");
  }
  if (both < Memory(spec)) {
    return Refuse(
        "memory-swap: is memory and swap together, and less than "
        "memory alone, ",
        FormatBytes(Memory(spec)));
  }
  return absl::OkStatus();
}

absl::Status CheckBandwidth(const CgroupSpec& spec) {
  if (spec.has_cpu_nanos() &&
      (spec.has_cpu_quota_us() || spec.has_cpu_period_us())) {
    return Refuse(
        "cpus: says the same as cpu-quota and cpu-period; give "
        "either");
  }
  const int64_t period = spec.cpu_period_us();
  if (spec.has_cpu_period_us() &&
      (period < kMinPeriod || period > kMaxPeriod)) {
    return Refuse("cpu-period: ", period, " is not within ", kMinPeriod,
                  " and ", kMaxPeriod, " microseconds");
  }
  const int64_t quota = spec.cpu_quota_us();
  if (quota < -1 || (quota > 0 && quota < kMinPeriod)) {
    return Refuse("cpu-quota: ", quota, " is less than ", kMinPeriod,
                  " microseconds");
  }
  return absl::OkStatus();
}

absl::Status CheckCpus(const CgroupSpec& spec) {
  const int64_t nanos = spec.cpu_nanos();
  if (nanos == 0) return absl::OkStatus();
  const int cpus = static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN));
  if (nanos < kMinCpuNanos || nanos > cpus * int64_t{1000000000}) {
    return Refuse(
        absl::StrFormat("cpus: %g is not within 0.01 and %d, the "
                        "CPUs of this machine",
                        static_cast<double>(nanos) / 1e9, cpus));
  }
  return absl::OkStatus();
}

absl::Status CheckShares(const CgroupSpec& spec) {
  const int64_t shares = spec.cpu_shares();
  if (spec.has_cpu_shares() && (shares < kMinShares || shares > kMaxShares)) {
    return Refuse("cpu-shares: ", shares, " is not within ", kMinShares,
                  " and ", kMaxShares);
  }
  return absl::OkStatus();
}

absl::Status CheckIdle(const CgroupSpec& spec) {
  if (!spec.cpu_idle() || !spec.has_cpu_shares()) return absl::OkStatus();
  return Refuse("cpu-idle: an idle group has no cpu-shares; give either");
}

absl::Status CheckRealTime(const CgroupSpec& spec) {
  const int64_t period =
      spec.has_cpu_rt_period_us() ? spec.cpu_rt_period_us() : kMaxPeriod;
  if (period <= 0) return Refuse("cpu-rt-period: ", period, " is no time");
  if (spec.cpu_rt_runtime_us() < 0 || spec.cpu_rt_runtime_us() > period) {
    return Refuse("cpu-rt-runtime: ", spec.cpu_rt_runtime_us(),
                  " is not within 0 and the period, ", period, " microseconds");
  }
  return absl::OkStatus();
}

absl::Status CheckRange(absl::string_view field, int64_t value, int64_t min,
                        int64_t max) {
  if (value >= min && value <= max) return absl::OkStatus();
  return Refuse(field, ": ", value, " is not within ", min, " and ", max);
}

absl::Status CheckOthers(const CgroupSpec& spec) {
  if (spec.has_memory_swappiness()) {
    CLEAT_RETURN_IF_ERROR(
        CheckRange("memory-swappiness", spec.memory_swappiness(), 0, 100));
  }
  if (spec.has_blkio_weight()) {
    CLEAT_RETURN_IF_ERROR(
        CheckRange("blkio-weight", spec.blkio_weight(), 10, 1000));
  }
  return CheckRange("cpu-burst", spec.cpu_burst_us(), 0, INT64_MAX / 1000);
}

absl::Status CheckList(absl::string_view field, const std::string& list) {
  const absl::Status status = ParseList(list).status();
  return status.ok() ? status : Refuse(field, ": ", status.message());
}

absl::Status CheckCpuset(const CgroupSpec& spec) {
  if (spec.has_cpuset_cpus()) {
    CLEAT_RETURN_IF_ERROR(CheckList("cpuset-cpus", spec.cpuset_cpus()));
  }
  if (spec.has_cpuset_mems()) {
    CLEAT_RETURN_IF_ERROR(CheckList("cpuset-mems", spec.cpuset_mems()));
  }
  return absl::OkStatus();
}

absl::Status CheckPlace(const CgroupSpec& spec) {
  if (spec.systemd() && spec.has_parent()) {
    return Refuse("systemd: --parent says where the group is; give either");
  }
  if (!spec.has_slice()) return absl::OkStatus();
  if (!spec.systemd()) return Refuse("slice: only with --systemd");
  if (absl::EndsWith(spec.slice(), ".slice")) return absl::OkStatus();
  return Refuse("slice: ", spec.slice(), " does not end in .slice");
}

}  // namespace

absl::Status CheckSpec(const CgroupSpec& spec) {
  CLEAT_RETURN_IF_ERROR(CheckMemory(spec));
  CLEAT_RETURN_IF_ERROR(CheckSwap(spec));
  CLEAT_RETURN_IF_ERROR(CheckBandwidth(spec));
  CLEAT_RETURN_IF_ERROR(CheckCpus(spec));
  CLEAT_RETURN_IF_ERROR(CheckShares(spec));
  CLEAT_RETURN_IF_ERROR(CheckIdle(spec));
  CLEAT_RETURN_IF_ERROR(CheckRealTime(spec));
  CLEAT_RETURN_IF_ERROR(CheckOthers(spec));
  CLEAT_RETURN_IF_ERROR(CheckCpuset(spec));
  CLEAT_RETURN_IF_ERROR(CheckPlace(spec));
  CLEAT_RETURN_IF_ERROR(DeviceRulesOf(spec).status());
  return Normalize(spec).status();
}

}  // namespace cleat::cgroup
