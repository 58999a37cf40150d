#include "lib/cgroup/limits.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/types/span.h"

namespace cleat::cgroup {
namespace {

using proto::CgroupSpec;
using Values = std::vector<std::string>;
using Texts = google::protobuf::RepeatedPtrField<std::string>;

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

// The same of blkio's [10..1000] for io.weight.
int64_t IoWeight(int64_t weight) { return 1 + (weight - 10) * 9999 / 990; }

// No value, or one.
template <typename T>
Values One(bool given, const T& value) {
  if (!given) return {};
  return {absl::StrCat(value)};
}

Values MemoryV1(const CgroupSpec& spec) {
  return One(spec.has_memory_max_bytes(), Number(Memory(spec), "-1"));
}

Values MemoryV2(const CgroupSpec& spec) {
  return One(spec.has_memory_max_bytes(), Number(Memory(spec), "max"));
}

Values SwapV1(const CgroupSpec& spec) {
  return One(HasSwap(spec), Number(MemoryAndSwap(spec), "-1"));
}

// v2 counts swap apart.
Values SwapV2(const CgroupSpec& spec) {
  const int64_t both = MemoryAndSwap(spec);
  return One(HasSwap(spec), Number(both < 0 ? -1 : both - Memory(spec), "max"));
}

Values Reservation(const CgroupSpec& spec) {
  return One(spec.has_memory_low_bytes(), spec.memory_low_bytes());
}

Values Swappiness(const CgroupSpec& spec) {
  return One(spec.has_memory_swappiness(), spec.memory_swappiness());
}

Values KernelMemory(const CgroupSpec& spec) {
  return One(spec.has_kernel_memory_bytes(), spec.kernel_memory_bytes());
}

Values OomKillDisable(const CgroupSpec& spec) {
  return One(spec.has_oom_kill_disable(), spec.oom_kill_disable() ? 1 : 0);
}

// Something is only asked of a version where it is to be on.
Values OomKillOff(const CgroupSpec& spec) {
  return One(spec.oom_kill_disable(), 1);
}

Values OomGroup(const CgroupSpec& spec) {
  return One(spec.has_oom_group(), spec.oom_group() ? 1 : 0);
}

Values OomGroupOn(const CgroupSpec& spec) { return One(spec.oom_group(), 1); }

Values PeriodV1(const CgroupSpec& spec) {
  return One(HasBandwidth(spec), Period(spec));
}

Values QuotaV1(const CgroupSpec& spec) {
  return One(HasBandwidth(spec), Quota(spec));
}

Values BandwidthV2(const CgroupSpec& spec) {
  return One(HasBandwidth(spec),
             absl::StrCat(Number(Quota(spec), "max"), " ", Period(spec)));
}

Values Burst(const CgroupSpec& spec) {
  return One(spec.has_cpu_burst_us(), spec.cpu_burst_us());
}

Values Idle(const CgroupSpec& spec) {
  return One(spec.has_cpu_idle(), spec.cpu_idle() ? 1 : 0);
}

Values RtPeriod(const CgroupSpec& spec) {
  return One(spec.has_cpu_rt_period_us(), spec.cpu_rt_period_us());
}

Values RtRuntime(const CgroupSpec& spec) {
  return One(spec.has_cpu_rt_runtime_us(), spec.cpu_rt_runtime_us());
}

Values SharesV1(const CgroupSpec& spec) {
  return One(spec.has_cpu_shares(), spec.cpu_shares());
}

Values WeightV2(const CgroupSpec& spec) {
  return One(spec.has_cpu_shares(), Weight(spec.cpu_shares()));
}

Values Cpus(const CgroupSpec& spec) {
  return One(spec.has_cpuset_cpus(), spec.cpuset_cpus());
}

Values Mems(const CgroupSpec& spec) {
  return One(spec.has_cpuset_mems(), spec.cpuset_mems());
}

Values Pids(const CgroupSpec& spec) {
  const int64_t most = spec.pids_max() == 0 ? -1 : spec.pids_max();
  return One(spec.has_pids_max(), Number(most, "max"));
}

Values BlkioWeight(const CgroupSpec& spec) {
  return One(spec.has_blkio_weight(), spec.blkio_weight());
}

Values BfqWeightV2(const CgroupSpec& spec) {
  return One(spec.has_blkio_weight(),
             absl::StrCat("default ", spec.blkio_weight()));
}

Values IoWeightV2(const CgroupSpec& spec) {
  return One(spec.has_blkio_weight(),
             absl::StrCat("default ", IoWeight(spec.blkio_weight())));
}

Values All(const Texts& texts) { return {texts.begin(), texts.end()}; }

// "8:0 1048576" as "8:0 rbps=1048576".
Values Keyed(const Texts& texts, absl::string_view key) {
  Values values;
  for (const std::string& text : texts) {
    const size_t space = text.find(' ') + 1;
    values.push_back(
        absl::StrCat(text.substr(0, space), key, text.substr(space)));
  }
  return values;
}

Values WeightDevices(const CgroupSpec& spec) {
  return All(spec.blkio_weight_device());
}

Values IoWeightDevices(const CgroupSpec& spec) {
  Values values;
  for (const std::string& text : spec.blkio_weight_device()) {
    const size_t space = text.find(' ') + 1;
    values.push_back(absl::StrCat(text.substr(0, space),
                                  IoWeight(std::stoll(text.substr(space)))));
  }
  return values;
}

Values ReadBps(const CgroupSpec& spec) { return All(spec.device_read_bps()); }
Values WriteBps(const CgroupSpec& spec) { return All(spec.device_write_bps()); }
Values ReadIops(const CgroupSpec& spec) { return All(spec.device_read_iops()); }
Values WriteIops(const CgroupSpec& spec) {
  return All(spec.device_write_iops());
}

Values ReadBpsV2(const CgroupSpec& spec) {
  return Keyed(spec.device_read_bps(), "rbps=");
}

Values WriteBpsV2(const CgroupSpec& spec) {
  return Keyed(spec.device_write_bps(), "wbps=");
}

Values ReadIopsV2(const CgroupSpec& spec) {
  return Keyed(spec.device_read_iops(), "riops=");
}

Values WriteIopsV2(const CgroupSpec& spec) {
  return Keyed(spec.device_write_iops(), "wiops=");
}

Values IoLatency(const CgroupSpec& spec) {
  return Keyed(spec.io_latency(), "target=");
}

// Of the two files of iocost one has the keys of the model.
bool IsCostModel(absl::string_view text) {
  return absl::StrContains(text, " model=") || absl::StrContains(text, "bps=");
}

Values Costs(const CgroupSpec& spec, bool model) {
  Values values;
  for (const std::string& text : spec.io_cost()) {
    if (IsCostModel(text) == model) values.push_back(text);
  }
  return values;
}

Values CostQos(const CgroupSpec& spec) { return Costs(spec, false); }
Values CostModel(const CgroupSpec& spec) { return Costs(spec, true); }
Values CostBoth(const CgroupSpec& spec) { return All(spec.io_cost()); }
Values HugePages(const CgroupSpec& spec) { return All(spec.hugetlb()); }
Values Rdma(const CgroupSpec& spec) { return All(spec.rdma()); }
Values Misc(const CgroupSpec& spec) { return All(spec.misc()); }
Values NetPrio(const CgroupSpec& spec) { return All(spec.net_prio()); }

Values NetCls(const CgroupSpec& spec) {
  return One(spec.has_net_cls(), spec.net_cls());
}

bool Never(const CgroupSpec&) { return false; }

bool SwapIsDefault(const CgroupSpec& spec) {
  return !spec.has_memory_swap_max_bytes();
}

// A file, and what of the spec goes there.
struct Row {
  const char* field;
  const char* controller;
  // A "*" stands for the key of the value, which then has none. Null where
  // this version has no such limit.
  const char* file;
  Values (*values)(const CgroupSpec&);
  // As of Limit.
  const char* unset = nullptr;
  const char* other_file = nullptr;
  Values (*other_values)(const CgroupSpec&) = nullptr;
  bool (*skippable)(const CgroupSpec&) = Never;
  bool verify = false;
  const char* lacking = nullptr;
};

constexpr Row Lacks(const char* field, const char* controller,
                    Values (*values)(const CgroupSpec&), const char* why) {
  return {field,   controller, nullptr, values, nullptr,
          nullptr, nullptr,    Never,   false,  why};
}

constexpr Row kV1[] = {
    {"cpuset-cpus", "cpuset", "cpuset.cpus", Cpus},
    {"cpuset-mems", "cpuset", "cpuset.mems", Mems},
    {"cpu-shares", "cpu", "cpu.shares", SharesV1},
    {"cpu-period", "cpu", "cpu.cfs_period_us", PeriodV1},
    {"cpus", "cpu", "cpu.cfs_quota_us", QuotaV1},
    {"cpu-burst", "cpu", "cpu.cfs_burst_us", Burst},
    {"cpu-idle", "cpu", "cpu.idle", Idle},
    {"cpu-rt-period", "cpu", "cpu.rt_period_us", RtPeriod},
    {"cpu-rt-runtime", "cpu", "cpu.rt_runtime_us", RtRuntime},
    {"memory", "memory", "memory.limit_in_bytes", MemoryV1},
    {"memory-swap", "memory", "memory.memsw.limit_in_bytes", SwapV1, nullptr,
     nullptr, nullptr, SwapIsDefault},
    {"memory-reservation", "memory", "memory.soft_limit_in_bytes", Reservation},
    {"memory-swappiness", "memory", "memory.swappiness", Swappiness},
    {"kernel-memory", "memory", "memory.kmem.limit_in_bytes", KernelMemory,
     nullptr, nullptr, nullptr, Never, true},
    {"oom-kill-disable", "memory", "memory.oom_control", OomKillDisable},
    Lacks("oom-group", "memory", OomGroupOn,
          "cgroup v1 kills one process at a time when memory runs out"),
    {"blkio-weight", "blkio", "blkio.bfq.weight", BlkioWeight, nullptr,
     "blkio.weight", BlkioWeight},
    {"blkio-weight-device", "blkio", "blkio.bfq.weight_device", WeightDevices,
     "0", "blkio.weight_device", WeightDevices},
    {"device-read-bps", "blkio", "blkio.throttle.read_bps_device", ReadBps,
     "0"},
    {"device-write-bps", "blkio", "blkio.throttle.write_bps_device", WriteBps,
     "0"},
    {"device-read-iops", "blkio", "blkio.throttle.read_iops_device", ReadIops,
     "0"},
    {"device-write-iops", "blkio", "blkio.throttle.write_iops_device",
     WriteIops, "0"},
    Lacks("io-latency", "blkio", IoLatency,
          "cgroup v1 has no io.latency; --device-write-bps limits there"),
    Lacks("io-cost", "blkio", CostBoth,
          "cgroup v1 has no io.cost; --device-write-bps limits there"),
    {"pids-limit", "pids", "pids.max", Pids},
    {"hugetlb", "hugetlb", "hugetlb.*.limit_in_bytes", HugePages},
    {"rdma", "rdma", "rdma.max", Rdma, "hca_handle=max hca_object=max"},
    {"misc", "misc", "misc.max", Misc, "max"},
    {"net-cls", "net_cls", "net_cls.classid", NetCls},
    {"net-prio", "net_prio", "net_prio.ifpriomap", NetPrio, "0"},
};

constexpr Row kV2[] = {
    {"cpuset-cpus", "cpuset", "cpuset.cpus", Cpus},
    {"cpuset-mems", "cpuset", "cpuset.mems", Mems},
    {"cpu-shares", "cpu", "cpu.weight", WeightV2},
    {"cpus", "cpu", "cpu.max", BandwidthV2},
    {"cpu-burst", "cpu", "cpu.max.burst", Burst},
    {"cpu-idle", "cpu", "cpu.idle", Idle},
    Lacks("cpu-rt-period", "cpu", RtPeriod,
          "cgroup v2 does not divide real-time programs' time"),
    Lacks("cpu-rt-runtime", "cpu", RtRuntime,
          "cgroup v2 does not divide real-time programs' time"),
    {"memory", "memory", "memory.max", MemoryV2},
    {"memory-swap", "memory", "memory.swap.max", SwapV2, nullptr, nullptr,
     nullptr, SwapIsDefault},
    {"memory-reservation", "memory", "memory.low", Reservation},
    Lacks("memory-swappiness", "memory", Swappiness,
          "cgroup v2 has no swappiness of a group; --memory-swap limits swap"),
    Lacks("kernel-memory", "memory", KernelMemory,
          "on cgroup v2 kernel memory counts as memory: --memory limits it"),
    Lacks("oom-kill-disable", "memory", OomKillOff,
          "cgroup v2 cannot do without killing; --set=memory.high=SIZE slows "
          "down instead"),
    {"oom-group", "memory", "memory.oom.group", OomGroup},
    {"blkio-weight", "io", "io.bfq.weight", BfqWeightV2, "100", "io.weight",
     IoWeightV2},
    {"blkio-weight-device", "io", "io.bfq.weight", WeightDevices, "0",
     "io.weight", IoWeightDevices},
    {"device-read-bps", "io", "io.max", ReadBpsV2, "rbps=max"},
    {"device-write-bps", "io", "io.max", WriteBpsV2, "wbps=max"},
    {"device-read-iops", "io", "io.max", ReadIopsV2, "riops=max"},
    {"device-write-iops", "io", "io.max", WriteIopsV2, "wiops=max"},
    {"io-latency", "io", "io.latency", IoLatency, "target=0"},
    {"io-cost", "io", "io.cost.qos", CostQos, "enable=0"},
    {"io-cost", "io", "io.cost.model", CostModel, "ctrl=auto"},
    {"pids-limit", "pids", "pids.max", Pids},
    {"hugetlb", "hugetlb", "hugetlb.*.max", HugePages},
    {"rdma", "rdma", "rdma.max", Rdma, "hca_handle=max hca_object=max"},
    {"misc", "misc", "misc.max", Misc, "max"},
    Lacks("net-cls", "net_cls", NetCls,
          "cgroup v2 has no net_cls; nftables matches a group's path there"),
    Lacks("net-prio", "net_prio", NetPrio,
          "cgroup v2 has no net_prio; nftables matches a group's path there"),
};

Limit LimitOf(const Row& row, const CgroupSpec& spec, std::string value) {
  Limit limit;
  limit.field = row.field;
  limit.controller = row.controller;
  limit.file = row.file;
  limit.unset = row.unset;
  limit.skippable = row.skippable(spec);
  limit.verify = row.verify;
  if (absl::StrContains(limit.file, "*")) {
    const size_t space = value.find(' ');
    limit.file = absl::StrReplaceAll(row.file, {{"*", value.substr(0, space)}});
    value = value.substr(space + 1);
  }
  limit.value = std::move(value);
  return limit;
}

// "memory" of "memory.high=1g". Of the core's files, which every group of v2
// has, none.
std::string ControllerOf(absl::string_view file) {
  const absl::string_view name = file.substr(0, file.find('.'));
  return name == "cgroup" ? "" : std::string(name);
}

void AddFiles(absl::string_view field, const Texts& files,
              std::vector<Limit>& limits) {
  for (const std::string& text : files) {
    Limit limit;
    limit.field = field;
    limit.controller = ControllerOf(text);
    limit.file = text.substr(0, text.find('='));
    limit.value = text.substr(limit.file.size() + 1);
    limits.push_back(std::move(limit));
  }
}

std::vector<Limit> Limits(absl::Span<const Row> table, const CgroupSpec& spec) {
  std::vector<Limit> limits;
  for (const Row& row : table) {
    if (row.file == nullptr) continue;
    const Values values = row.values(spec);
    Values others(values.size());
    if (row.other_values != nullptr) others = row.other_values(spec);
    for (size_t i = 0; i < values.size(); ++i) {
      Limit limit = LimitOf(row, spec, values[i]);
      if (row.other_file != nullptr) limit.other_file = row.other_file;
      limit.other_value = others[i];
      limits.push_back(std::move(limit));
    }
  }
  return limits;
}

const Row* FindRow(absl::Span<const Row> table, absl::string_view field) {
  for (const Row& row : table) {
    if (row.field == field) return &row;
  }
  return nullptr;
}

Side SideOf(const Row& row, const CgroupSpec& spec) {
  const bool lacks = row.lacking != nullptr && !row.values(spec).empty();
  return {row.controller, lacks ? row.lacking : ""};
}

void AddNeed(Need need, std::vector<Need>& needs) {
  const bool known =
      std::any_of(needs.begin(), needs.end(), [&](const Need& n) {
        return n.v1.controller == need.v1.controller &&
               n.v2.controller == need.v2.controller &&
               n.v1.lacking == need.v1.lacking &&
               n.v2.lacking == need.v2.lacking;
      });
  if (!known) needs.push_back(std::move(need));
}

void AddFileNeeds(absl::string_view field, const Texts& files, bool only_v2,
                  std::vector<Need>& needs) {
  for (const std::string& file : files) {
    const std::string controller = ControllerOf(file);
    const bool v2 = only_v2 || controller.empty();
    AddNeed({field,
             {controller, v2 ? "it is a file of the unified hierarchy" : ""},
             {controller, ""}},
            needs);
  }
}

// What an entry of a list is about: "/dev/sda" of "/dev/sda:1mb".
absl::string_view KeyOf(absl::string_view text, char separator) {
  return text.substr(
      0, separator == '=' ? text.find(separator) : text.rfind(separator));
}

// `list` ends with the entries of a change: earlier ones of the same key go.
void DropReplaced(Texts& list, int previous, char separator) {
  Texts kept;
  for (int i = 0; i < list.size(); ++i) {
    const auto same = [&](const std::string& later) {
      return KeyOf(later, separator) == KeyOf(list[i], separator);
    };
    const bool replaced =
        i < previous && std::any_of(list.begin() + previous, list.end(), same);
    if (!replaced) *kept.Add() = list[i];
  }
  list.Swap(&kept);
}

using List = Texts* (*)(CgroupSpec&);

constexpr struct {
  List list;
  char separator;
} kLists[] = {
    {[](CgroupSpec& s) { return s.mutable_blkio_weight_device(); }, ':'},
    {[](CgroupSpec& s) { return s.mutable_device_read_bps(); }, ':'},
    {[](CgroupSpec& s) { return s.mutable_device_write_bps(); }, ':'},
    {[](CgroupSpec& s) { return s.mutable_device_read_iops(); }, ':'},
    {[](CgroupSpec& s) { return s.mutable_device_write_iops(); }, ':'},
    {[](CgroupSpec& s) { return s.mutable_io_latency(); }, ':'},
    {[](CgroupSpec& s) { return s.mutable_hugetlb(); }, ':'},
    {[](CgroupSpec& s) { return s.mutable_rdma(); }, ':'},
    {[](CgroupSpec& s) { return s.mutable_misc(); }, ':'},
    {[](CgroupSpec& s) { return s.mutable_net_prio(); }, ':'},
    {[](CgroupSpec& s) { return s.mutable_unified(); }, '='},
    {[](CgroupSpec& s) { return s.mutable_files(); }, '='},
};

}  // namespace

std::vector<Limit> LimitsV1(const CgroupSpec& spec) {
  std::vector<Limit> limits = Limits(kV1, spec);
  AddFiles("set", spec.files(), limits);
  return limits;
}

std::vector<Limit> LimitsV2(const CgroupSpec& spec) {
  std::vector<Limit> limits = Limits(kV2, spec);
  AddFiles("unified", spec.unified(), limits);
  AddFiles("set", spec.files(), limits);
  return limits;
}

std::vector<Need> NeedsOf(const CgroupSpec& spec) {
  std::vector<Need> needs;
  for (const Row& row : kV1) {
    // That of a period goes with its quota.
    const Row* const v2 = FindRow(kV2, row.field);
    if (v2 == nullptr) continue;
    if (row.values(spec).empty() && v2->values(spec).empty()) continue;
    AddNeed({row.field, SideOf(row, spec), SideOf(*v2, spec)}, needs);
  }
  AddFileNeeds("unified", spec.unified(), true, needs);
  AddFileNeeds("set", spec.files(), false, needs);
  return needs;
}

CgroupSpec WithoutNone(CgroupSpec spec) {
  if (spec.memory_swap_max_bytes() == 0) spec.clear_memory_swap_max_bytes();
  if (spec.cpu_shares() == 0) spec.clear_cpu_shares();
  if (spec.cpu_period_us() == 0) spec.clear_cpu_period_us();
  if (spec.blkio_weight() == 0) spec.clear_blkio_weight();
  if (spec.memory_swappiness() == -1) spec.clear_memory_swappiness();
  if (spec.cpuset_cpus().empty()) spec.clear_cpuset_cpus();
  if (spec.cpuset_mems().empty()) spec.clear_cpuset_mems();
  return spec;
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
  if (change.cpu_idle()) merged.clear_cpu_shares();
  // An idle group has no shares.
  if (change.has_cpu_shares() && merged.cpu_idle()) merged.set_cpu_idle(false);
  merged.MergeFrom(change);
  CgroupSpec before = previous;
  for (const auto& row : kLists) {
    DropReplaced(*row.list(merged), row.list(before)->size(), row.separator);
  }
  return merged;
}

}  // namespace cleat::cgroup
