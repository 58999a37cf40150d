#include "lib/cgroup/limits.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"

namespace cleat::cgroup {
namespace {

using proto::CgroupSpec;
using Value = absl::optional<std::string>;

constexpr int64_t kDefaultPeriod = 100000;  // microseconds
// The kernel's MIN_SHARES and MAX_SHARES.
constexpr int64_t kMinShares = 2;
constexpr int64_t kMaxShares = 262144;

std::string Number(int64_t value, absl::string_view unlimited) {
  return value < 0 ? std::string(unlimited) : absl::StrCat(value);
}

// -1 is no limit.
int64_t Memory(const CgroupSpec& spec) {
  return spec.memory_max_bytes() == 0 ? -1 : spec.memory_max_bytes();
}

// Memory and swap together; as much swap as memory unless said otherwise.
int64_t MemoryAndSwap(const CgroupSpec& spec) {
  if (spec.has_memory_swap_max_bytes()) return spec.memory_swap_max_bytes();
  return Memory(spec) < 0 ? -1 : 2 * Memory(spec);
}

bool HasSwap(const CgroupSpec& spec) {
  return spec.has_memory_max_bytes() || spec.has_memory_swap_max_bytes();
}

bool HasBandwidth(const CgroupSpec& spec) {
  return spec.has_cpu_nanos() || spec.has_cpu_quota_us() ||
         spec.has_cpu_period_us();
}

int64_t Period(const CgroupSpec& spec) {
  return spec.has_cpu_period_us() ? spec.cpu_period_us() : kDefaultPeriod;
}

// Microseconds in each period; -1 is no limit.
int64_t Quota(const CgroupSpec& spec) {
  if (spec.cpu_nanos() > 0) {
    return spec.cpu_nanos() / (1000000000 / kDefaultPeriod);
  }
  return spec.cpu_quota_us() > 0 ? spec.cpu_quota_us() : -1;
}

// OCI runtime spec, as crun and runc convert it: [2..262144] to [1..10000].
int64_t Weight(int64_t shares) {
  return 1 + (shares - kMinShares) * 9999 / (kMaxShares - kMinShares);
}

Value MemoryV1(const CgroupSpec& spec) {
  if (!spec.has_memory_max_bytes()) return absl::nullopt;
  return Number(Memory(spec), "-1");
}

Value MemoryV2(const CgroupSpec& spec) {
  if (!spec.has_memory_max_bytes()) return absl::nullopt;
  return Number(Memory(spec), "max");
}

Value SwapV1(const CgroupSpec& spec) {
  if (!HasSwap(spec)) return absl::nullopt;
  return Number(MemoryAndSwap(spec), "-1");
}

// v2 counts swap apart.
Value SwapV2(const CgroupSpec& spec) {
  if (!HasSwap(spec)) return absl::nullopt;
  const int64_t both = MemoryAndSwap(spec);
  return Number(both < 0 ? -1 : both - Memory(spec), "max");
}

Value Reservation(const CgroupSpec& spec) {
  if (!spec.has_memory_low_bytes()) return absl::nullopt;
  return absl::StrCat(spec.memory_low_bytes());
}

Value PeriodV1(const CgroupSpec& spec) {
  if (!HasBandwidth(spec)) return absl::nullopt;
  return absl::StrCat(Period(spec));
}

Value QuotaV1(const CgroupSpec& spec) {
  if (!HasBandwidth(spec)) return absl::nullopt;
  return absl::StrCat(Quota(spec));
}

Value BandwidthV2(const CgroupSpec& spec) {
  if (!HasBandwidth(spec)) return absl::nullopt;
  return absl::StrCat(Number(Quota(spec), "max"), " ", Period(spec));
}

Value SharesV1(const CgroupSpec& spec) {
  if (!spec.has_cpu_shares()) return absl::nullopt;
  return absl::StrCat(spec.cpu_shares());
}

Value WeightV2(const CgroupSpec& spec) {
  if (!spec.has_cpu_shares()) return absl::nullopt;
  return absl::StrCat(Weight(spec.cpu_shares()));
}

Value Cpus(const CgroupSpec& spec) {
  if (!spec.has_cpuset_cpus()) return absl::nullopt;
  return spec.cpuset_cpus();
}

Value Mems(const CgroupSpec& spec) {
  if (!spec.has_cpuset_mems()) return absl::nullopt;
  return spec.cpuset_mems();
}

Value Pids(const CgroupSpec& spec) {
  if (!spec.has_pids_max()) return absl::nullopt;
  return Number(spec.pids_max() == 0 ? -1 : spec.pids_max(), "max");
}

bool Never(const CgroupSpec&) { return false; }

bool SwapIsDefault(const CgroupSpec& spec) {
  return !spec.has_memory_swap_max_bytes();
}

// A file, and what of the spec goes there.
struct Row {
  const char* field;
  const char* controller;
  const char* file;
  Value (*value)(const CgroupSpec&);
  bool (*skippable)(const CgroupSpec&);
};

constexpr Row kV1[] = {
    {"cpuset-cpus", "cpuset", "cpuset.cpus", Cpus, Never},
    {"cpuset-mems", "cpuset", "cpuset.mems", Mems, Never},
    {"cpu-shares", "cpu", "cpu.shares", SharesV1, Never},
    {"cpu-period", "cpu", "cpu.cfs_period_us", PeriodV1, Never},
    {"cpus", "cpu", "cpu.cfs_quota_us", QuotaV1, Never},
    {"memory", "memory", "memory.limit_in_bytes", MemoryV1, Never},
    {"memory-swap", "memory", "memory.memsw.limit_in_bytes", SwapV1,
     SwapIsDefault},
    {"memory-reservation", "memory", "memory.soft_limit_in_bytes", Reservation,
     Never},
    {"pids-limit", "pids", "pids.max", Pids, Never},
};

constexpr Row kV2[] = {
    {"cpuset-cpus", "cpuset", "cpuset.cpus", Cpus, Never},
    {"cpuset-mems", "cpuset", "cpuset.mems", Mems, Never},
    {"cpu-shares", "cpu", "cpu.weight", WeightV2, Never},
    {"cpus", "cpu", "cpu.max", BandwidthV2, Never},
    {"memory", "memory", "memory.max", MemoryV2, Never},
    {"memory-swap", "memory", "memory.swap.max", SwapV2, SwapIsDefault},
    {"memory-reservation", "memory", "memory.low", Reservation, Never},
    {"pids-limit", "pids", "pids.max", Pids, Never},
};

std::vector<Limit> Limits(absl::Span<const Row> table, const CgroupSpec& spec) {
  std::vector<Limit> limits;
  for (const Row& row : table) {
    Value value = row.value(spec);
    if (!value.has_value()) continue;
    limits.push_back({row.field, row.controller, row.file, *std::move(value),
                      row.skippable(spec)});
  }
  return limits;
}

}  // namespace

std::vector<Limit> LimitsV1(const CgroupSpec& spec) {
  return Limits(kV1, spec);
}

std::vector<Limit> LimitsV2(const CgroupSpec& spec) {
  return Limits(kV2, spec);
}

std::vector<absl::string_view> NeededControllers(const CgroupSpec& spec) {
  std::vector<absl::string_view> needed;
  for (const Limit& limit : LimitsV2(spec)) {
    if (std::find(needed.begin(), needed.end(), limit.controller) ==
        needed.end()) {
      needed.push_back(limit.controller);
    }
  }
  return needed;
}

CgroupSpec Merge(const CgroupSpec& previous, const CgroupSpec& change) {
  CgroupSpec merged = previous;
  if (change.has_cpu_nanos()) {
    merged.clear_cpu_quota_us();
    merged.clear_cpu_period_us();
  }
  if (change.has_cpu_quota_us() || change.has_cpu_period_us()) {
    merged.clear_cpu_nanos();
  }
  merged.MergeFrom(change);
  return merged;
}

}  // namespace cleat::cgroup
