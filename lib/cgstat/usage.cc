#include "lib/cgstat/usage.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "lib/base/units.h"
#include "lib/cgstat/group_files.h"
#include "lib/sys/threads.h"

namespace cleat::cgstat {
namespace {

using proto::CgroupStat;

// From so many groups on a second thread is worth its start.
constexpr size_t kManyGroups = 32;
constexpr size_t kIdDigits = 64;
constexpr size_t kShortId = 12;

std::string BytesText(bool known, int64_t bytes) {
  return known ? FormatBytes(bytes) : "-";
}

std::string CountText(bool known, int64_t count) {
  return known ? absl::StrCat(count) : "-";
}

// A part of a path with the id that it ends with, if any, as short as
// container-list's.
absl::string_view Shortened(absl::string_view part) {
  const size_t digits =
      part.size() - (part.find_last_not_of("0123456789abcdef") + 1);
  if (digits == kIdDigits) part.remove_suffix(kIdDigits - kShortId);
  return part;
}

// The container's name, or the path.
std::string NameText(const Usage& usage) {
  if (usage.stat.has_container()) return usage.stat.container();
  std::vector<absl::string_view> parts = absl::StrSplit(usage.stat.path(), '/');
  for (absl::string_view& part : parts) part = Shortened(part);
  return absl::StrJoin(parts, "/");
}

std::string PercentText(const Usage& usage) {
  return usage.cpu_percent.has_value()
             ? absl::StrFormat("%.1f", *usage.cpu_percent)
             : "-";
}

std::string CpuTimeText(const Usage& usage) {
  if (!usage.stat.cpu().has_usage_us()) return "-";
  return absl::StrFormat(
      "%.2fs", static_cast<double>(usage.stat.cpu().usage_us()) / 1e6);
}

std::string MemoryText(const Usage& usage) {
  const auto& memory = usage.stat.memory();
  return BytesText(memory.has_current_bytes(), memory.current_bytes());
}

std::string MemoryLimitText(const Usage& usage) {
  const auto& memory = usage.stat.memory();
  return BytesText(memory.has_limit_bytes(), memory.limit_bytes());
}

std::string PidsText(const Usage& usage) {
  const auto& pids = usage.stat.pids();
  return CountText(pids.has_current(), pids.current());
}

int64_t ReadBytes(const CgroupStat& stat) {
  int64_t sum = 0;
  for (const auto& io : stat.io()) sum += io.read_bytes();
  return sum;
}

int64_t WriteBytes(const CgroupStat& stat) {
  int64_t sum = 0;
  for (const auto& io : stat.io()) sum += io.write_bytes();
  return sum;
}

std::string ReadText(const Usage& usage) {
  return BytesText(usage.stat.io_size() > 0, ReadBytes(usage.stat));
}

std::string WriteText(const Usage& usage) {
  return BytesText(usage.stat.io_size() > 0, WriteBytes(usage.stat));
}

// What is unknown is below everything.
double OrderKey(UsageOrder order, const Usage& usage) {
  const CgroupStat& stat = usage.stat;
  switch (order) {
    case UsageOrder::kCpu:
      if (usage.cpu_percent.has_value()) return *usage.cpu_percent;
      return stat.cpu().has_usage_us()
                 ? static_cast<double>(stat.cpu().usage_us())
                 : -1;
    case UsageOrder::kMemory:
      return stat.memory().has_current_bytes()
                 ? static_cast<double>(stat.memory().current_bytes())
                 : -1;
    case UsageOrder::kPids:
      return stat.pids().has_current()
                 ? static_cast<double>(stat.pids().current())
                 : -1;
    case UsageOrder::kIo:
      return stat.io_size() > 0
                 ? static_cast<double>(ReadBytes(stat) + WriteBytes(stat))
                 : -1;
  }
  return -1;
}

struct OrderName {
  absl::string_view name;
  UsageOrder order;
};
constexpr OrderName kOrders[] = {
    {"cpu", UsageOrder::kCpu},
    {"memory", UsageOrder::kMemory},
    {"pids", UsageOrder::kPids},
    {"io", UsageOrder::kIo},
};

}  // namespace

absl::StatusOr<UsageOrder> ParseUsageOrder(absl::string_view name) {
  for (const OrderName& known : kOrders) {
    if (known.name == name) return known.order;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("'", name, "' is none of cpu, memory, pids, io"));
}

void SortUsages(UsageOrder order, std::vector<Usage>* usages) {
  std::stable_sort(usages->begin(), usages->end(),
                   [order](const Usage& a, const Usage& b) {
                     return OrderKey(order, a) > OrderKey(order, b);
                   });
}

const std::vector<UsageColumn>& UsageColumns() {
  static const auto* const columns = new std::vector<UsageColumn>{
      {"CGROUP", {}, NameText},
      {"CPU%", {}, PercentText},
      {"CPU TIME", {"cpu.usage_us"}, CpuTimeText},
      {"MEMORY", {"memory.current_bytes"}, MemoryText},
      {"LIMIT", {"memory.limit_bytes"}, MemoryLimitText},
      {"PIDS", {"pids.current"}, PidsText},
      {"READ", {"io.read_bytes"}, ReadText},
      {"WRITTEN", {"io.write_bytes"}, WriteText},
  };
  return *columns;
}

std::vector<std::string> UsageFields() {
  std::vector<std::string> fields;
  for (const UsageColumn& column : UsageColumns()) {
    fields.insert(fields.end(), column.fields.begin(), column.fields.end());
  }
  return fields;
}

absl::optional<double> UsageReader::Percent(const std::string& path,
                                            Look look) {
  const auto found = last_.find(path);
  if (found == last_.end()) {
    last_.emplace(path, look);
    return absl::nullopt;
  }
  const Look before = std::exchange(found->second, look);
  const double passed = absl::ToDoubleMicroseconds(look.when - before.when);
  // A group that was removed and made again begins anew.
  if (passed <= 0 || look.cpu_us < before.cpu_us) return absl::nullopt;
  return 100 * static_cast<double>(look.cpu_us - before.cpu_us) / passed;
}

absl::StatusOr<std::vector<Usage>> UsageReader::Read(
    const std::vector<Group>& groups) {
  struct Slot {
    absl::StatusOr<CgroupStat> stat = absl::UnknownError("");
    absl::Time when;
  };
  std::vector<Slot> slots(groups.size());
  std::atomic<size_t> next = 0;
  const auto work = [&] {
    GroupFiles files;
    for (size_t i = next++; i < groups.size(); i = next++) {
      slots[i].when = absl::Now();
      slots[i].stat = reader_.Read(groups[i], &files);
    }
  };
  sys::OnThreads(groups.size() < kManyGroups ? 1 : 2, work);
  std::vector<Usage> usages;
  for (Slot& slot : slots) {
    if (absl::IsNotFound(slot.stat.status())) continue;
    if (!slot.stat.ok()) return slot.stat.status();
    Usage usage = {*std::move(slot.stat), absl::nullopt};
    if (usage.stat.cpu().has_usage_us()) {
      usage.cpu_percent =
          Percent(usage.stat.path(), {slot.when, usage.stat.cpu().usage_us()});
    }
    usages.push_back(std::move(usage));
  }
  return usages;
}

}  // namespace cleat::cgstat
