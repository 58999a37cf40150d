#include "lib/cgroup/copy.h"

#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "lib/base/status_macros.h"
#include "lib/cgroup/machine.h"
#include "lib/sys/file.h"

namespace cleat::cgroup {
namespace {

using proto::CgroupSpec;

// v1's memory without a limit: LONG_MAX in whole pages, or a little less.
constexpr int64_t kUnlimitedMemory = int64_t{1} << 62;

using Words = std::vector<std::string>;

// "max", "-1" and what is no number are -1.
int64_t Number(const std::string& text) {
  int64_t number = 0;
  return absl::SimpleAtoi(text, &number) ? number : -1;
}

bool IsMemory(int64_t bytes) { return bytes >= 0 && bytes < kUnlimitedMemory; }

void Memory(const Words& words, CgroupSpec& spec) {
  const int64_t bytes = Number(words[0]);
  if (IsMemory(bytes)) spec.set_memory_max_bytes(bytes);
}

// Is nothing without a limit of memory, which comes before.
void SwapV1(const Words& words, CgroupSpec& spec) {
  if (!spec.has_memory_max_bytes()) return;
  const int64_t both = Number(words[0]);
  spec.set_memory_swap_max_bytes(IsMemory(both) ? both : -1);
}

void SwapV2(const Words& words, CgroupSpec& spec) {
  if (!spec.has_memory_max_bytes()) return;
  const int64_t swap = Number(words[0]);
  spec.set_memory_swap_max_bytes(IsMemory(swap) ? spec.memory_max_bytes() + swap
                                                : -1);
}

void Reservation(const Words& words, CgroupSpec& spec) {
  const int64_t bytes = Number(words[0]);
  if (bytes > 0 && IsMemory(bytes)) spec.set_memory_low_bytes(bytes);
}

void OomControl(const Words& words, CgroupSpec& spec) {
  if (words.size() > 1 && words[1] == "1") spec.set_oom_kill_disable(true);
}

void OomGroup(const Words& words, CgroupSpec& spec) {
  if (words[0] == "1") spec.set_oom_group(true);
}

void Shares(const Words& words, CgroupSpec& spec) {
  if (Number(words[0]) != 1024) spec.set_cpu_shares(Number(words[0]));
}

// The least number of shares that becomes this weight.
void Weight(const Words& words, CgroupSpec& spec) {
  const int64_t weight = Number(words[0]);
  if (weight < 1 || weight == 100) return;
  spec.set_cpu_shares(2 + ((weight - 1) * 262142 + 9998) / 9999);
}

void Quota(const Words& words, CgroupSpec& spec) {
  if (Number(words[0]) > 0) spec.set_cpu_quota_us(Number(words[0]));
}

void Period(const Words& words, CgroupSpec& spec) {
  if (spec.has_cpu_quota_us()) spec.set_cpu_period_us(Number(words[0]));
}

void Bandwidth(const Words& words, CgroupSpec& spec) {
  Quota(words, spec);
  if (words.size() > 1) Period({words[1]}, spec);
}

void Burst(const Words& words, CgroupSpec& spec) {
  if (Number(words[0]) > 0) spec.set_cpu_burst_us(Number(words[0]));
}

void Idle(const Words& words, CgroupSpec& spec) {
  if (words[0] != "1") return;
  spec.set_cpu_idle(true);
  spec.clear_cpu_shares();
}

void RtRuntime(const Words& words, CgroupSpec& spec) {
  if (Number(words[0]) > 0) spec.set_cpu_rt_runtime_us(Number(words[0]));
}

void RtPeriod(const Words& words, CgroupSpec& spec) {
  if (!spec.has_cpu_rt_runtime_us()) return;
  spec.set_cpu_rt_period_us(Number(words[0]));
}

void Cpus(const Words& words, CgroupSpec& spec) {
  spec.set_cpuset_cpus(words[0]);
}

void Mems(const Words& words, CgroupSpec& spec) {
  spec.set_cpuset_mems(words[0]);
}

void Pids(const Words& words, CgroupSpec& spec) {
  if (Number(words[0]) > 0) spec.set_pids_max(Number(words[0]));
}

void NetCls(const Words& words, CgroupSpec& spec) {
  if (Number(words[0]) > 0) spec.set_net_cls(words[0]);
}

// "8:0 1048576" for each device, as v1 has it.
template <auto Add>
void Devices(const Words& words, CgroupSpec& spec) {
  for (size_t i = 0; i + 1 < words.size(); i += 2) {
    Add(spec, absl::StrCat(words[i], ":", words[i + 1]));
  }
}

void AddReadBps(CgroupSpec& spec, const std::string& text) {
  spec.add_device_read_bps(text);
}
void AddWriteBps(CgroupSpec& spec, const std::string& text) {
  spec.add_device_write_bps(text);
}
void AddReadIops(CgroupSpec& spec, const std::string& text) {
  spec.add_device_read_iops(text);
}
void AddWriteIops(CgroupSpec& spec, const std::string& text) {
  spec.add_device_write_iops(text);
}

constexpr struct {
  absl::string_view key;
  void (*add)(CgroupSpec&, const std::string&);
} kIoKeys[] = {{"rbps=", AddReadBps},
               {"wbps=", AddWriteBps},
               {"riops=", AddReadIops},
               {"wiops=", AddWriteIops}};

// "8:0 rbps=1048576 wbps=max riops=max wiops=max" for each device.
void IoMax(const Words& words, CgroupSpec& spec) {
  std::string device;
  for (const std::string& word : words) {
    if (!absl::StrContains(word, '=')) device = word;
    for (const auto& row : kIoKeys) {
      absl::string_view value = word;
      if (!absl::ConsumePrefix(&value, row.key) || value == "max") continue;
      row.add(spec, absl::StrCat(device, ":", value));
    }
  }
}

// The rows of a controller in the order in which they need each other.
struct Row {
  bool unified;
  const char* controller;
  const char* file;
  void (*take)(const Words& words, CgroupSpec& spec);
};

constexpr Row kRows[] = {
    {false, "memory", "memory.limit_in_bytes", Memory},
    {false, "memory", "memory.memsw.limit_in_bytes", SwapV1},
    {false, "memory", "memory.soft_limit_in_bytes", Reservation},
    {false, "memory", "memory.oom_control", OomControl},
    {false, "cpu", "cpu.shares", Shares},
    {false, "cpu", "cpu.cfs_quota_us", Quota},
    {false, "cpu", "cpu.cfs_period_us", Period},
    {false, "cpu", "cpu.cfs_burst_us", Burst},
    {false, "cpu", "cpu.idle", Idle},
    {false, "cpu", "cpu.rt_runtime_us", RtRuntime},
    {false, "cpu", "cpu.rt_period_us", RtPeriod},
    {false, "cpuset", "cpuset.cpus", Cpus},
    {false, "cpuset", "cpuset.mems", Mems},
    {false, "pids", "pids.max", Pids},
    {false, "net_cls", "net_cls.classid", NetCls},
    {false, "blkio", "blkio.throttle.read_bps_device", Devices<AddReadBps>},
    {false, "blkio", "blkio.throttle.write_bps_device", Devices<AddWriteBps>},
    {false, "blkio", "blkio.throttle.read_iops_device", Devices<AddReadIops>},
    {false, "blkio", "blkio.throttle.write_iops_device", Devices<AddWriteIops>},
    {true, "memory", "memory.max", Memory},
    {true, "memory", "memory.swap.max", SwapV2},
    {true, "memory", "memory.low", Reservation},
    {true, "memory", "memory.oom.group", OomGroup},
    {true, "cpu", "cpu.weight", Weight},
    {true, "cpu", "cpu.max", Bandwidth},
    {true, "cpu", "cpu.max.burst", Burst},
    {true, "cpu", "cpu.idle", Idle},
    {true, "cpuset", "cpuset.cpus", Cpus},
    {true, "cpuset", "cpuset.mems", Mems},
    {true, "pids", "pids.max", Pids},
    {true, "io", "io.max", IoMax},
};

// A hierarchy's root has no limits, whatever its files say.
void TakeRow(const Hierarchy& hierarchy, const Row& row, CgroupSpec& spec) {
  if (row.unified != hierarchy.unified || hierarchy.own == "/") return;
  if (!hierarchy.unified && !hierarchy.Has(row.controller)) return;
  const auto text =
      sys::ReadFile(absl::StrCat(hierarchy.OwnDirectory(), "/", row.file));
  if (!text.ok()) return;
  const Words words =
      absl::StrSplit(*text, absl::ByAnyChar(" \n"), absl::SkipEmpty());
  if (!words.empty()) row.take(words, spec);
}

}  // namespace

absl::StatusOr<CgroupSpec> CopySpec(pid_t pid, const std::string& root) {
  const absl::StatusOr<Machine> machine = FindMachine(root, absl::StrCat(pid));
  if (absl::IsNotFound(machine.status())) {
    return absl::NotFoundError(
        absl::StrCat("copy the limits of process ", pid, ": no such process"));
  }
  if (!machine.ok()) return machine.status();
  CgroupSpec spec;
  for (const Hierarchy& hierarchy : machine->hierarchies) {
    for (const Row& row : kRows) TakeRow(hierarchy, row, spec);
  }
  return spec;
}

}  // namespace cleat::cgroup
