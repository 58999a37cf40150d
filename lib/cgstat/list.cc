#include "lib/cgstat/list.h"

#include <algorithm>
#include <set>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "lib/base/status_macros.h"
#include "lib/base/units.h"
#include "lib/sys/file.h"
#include "proto/cgroup_query.table.h"

namespace cleat::cgstat {
namespace {

using proto::CgroupListing;

constexpr Form V = Form::kValue;
constexpr Form T = Form::kText;
constexpr Measure kLimit = Measure::kLimit;

// clang-format off
constexpr FieldRow kUnified[] = {
    {"cgroup.type", T, "", "type"},
    {"cgroup.events", Form::kFlat, "frozen", "frozen"},
    {"memory.max", V, "", "limits.memory_max_bytes", kLimit},
    {"memory.high", V, "", "limits.memory_high_bytes", kLimit},
    {"memory.low", V, "", "limits.memory_low_bytes", kLimit},
    {"memory.swap.max", V, "", "limits.swap_max_bytes", kLimit},
    {"cpu.max", Form::kPair, "1", "limits.cpu_quota_us", kLimit},
    {"cpu.max", Form::kPair, "2", "limits.cpu_period_us"},
    {"cpu.weight", V, "", "limits.cpu_weight"},
    {"pids.max", V, "", "limits.pids_max", kLimit},
    {"cpuset.cpus", T, "", "limits.cpuset_cpus"},
    {"cpuset.mems", T, "", "limits.cpuset_mems"},
};

constexpr FieldRow kV1[] = {
    {"memory.limit_in_bytes", V, "", "limits.memory_max_bytes", kLimit},
    {"memory.soft_limit_in_bytes", V, "", "limits.memory_low_bytes", kLimit},
    {"memory.memsw.limit_in_bytes", V, "", "limits.memory_swap_max_bytes",
     kLimit},
    {"cpu.cfs_quota_us", V, "", "limits.cpu_quota_us", kLimit},
    {"cpu.cfs_period_us", V, "", "limits.cpu_period_us"},
    {"cpu.shares", V, "", "limits.cpu_shares"},
    {"pids.max", V, "", "limits.pids_max", kLimit},
    {"cpuset.cpus", T, "", "limits.cpuset_cpus"},
    {"cpuset.mems", T, "", "limits.cpuset_mems"},
};
// clang-format on

// The numbers in a file of the group; none where there is no such file, or
// none that tells them: cgroup.procs of a threaded group.
void AddNumbers(const std::string& path, std::set<int32_t>* numbers) {
  const absl::StatusOr<std::string> text = sys::ReadFile(path);
  if (!text.ok()) return;
  for (const absl::string_view line :
       absl::StrSplit(*text, '\n', absl::SkipEmpty())) {
    int32_t number = 0;
    if (absl::SimpleAtoi(line, &number)) numbers->insert(number);
  }
}

void AddMembers(const Group& group, CgroupListing* listing) {
  std::set<int32_t> processes;
  std::set<int32_t> threads;
  for (const std::string& path : group.Paths()) {
    AddNumbers(absl::StrCat(path, "/cgroup.procs"), &processes);
    if (listing->type() == "threaded") {
      AddNumbers(absl::StrCat(path, "/cgroup.threads"), &threads);
    }
  }
  for (const int32_t pid : processes) listing->add_processes(pid);
  for (const int32_t tid : threads) listing->add_threads(tid);
}

// v1's freezer says by a word whether it, or one above it, has stopped all.
void AddFreezerState(const Group& group, CgroupListing* listing) {
  for (const GroupDirectory& directory : group.directories) {
    if (!directory.hierarchy->Has("freezer")) continue;
    const auto state =
        sys::ReadFile(absl::StrCat(directory.path, "/freezer.state"));
    if (state.ok()) {
      listing->set_frozen(listing->frozen() || *state == "FROZEN\n");
    }
  }
}

std::string ProcessesText(const CgroupListing& listing) {
  if (listing.threads_size() > 0) {
    return absl::StrCat(listing.threads_size(), " threads");
  }
  return absl::StrCat(listing.processes_size());
}

std::string CpusText(const CgroupListing& listing) {
  const auto& limits = listing.limits();
  if (!limits.has_cpu_quota_us() || limits.cpu_period_us() == 0) return "-";
  return absl::StrFormat("%.4g",
                         static_cast<double>(limits.cpu_quota_us()) /
                             static_cast<double>(limits.cpu_period_us()));
}

std::string MemoryText(const CgroupListing& listing) {
  const auto& limits = listing.limits();
  return limits.has_memory_max_bytes() ? FormatBytes(limits.memory_max_bytes())
                                       : "-";
}

std::string PidsText(const CgroupListing& listing) {
  const auto& limits = listing.limits();
  return limits.has_pids_max() ? absl::StrCat(limits.pids_max()) : "-";
}

std::string FrozenText(const CgroupListing& listing) {
  return listing.frozen() ? "frozen" : "-";
}

}  // namespace

ListReader::ListReader(const std::string& root)
    : reader_(pb::TableOf<CgroupListing>(), {kUnified, kV1}, {}, root) {}

absl::StatusOr<CgroupListing> ListReader::Read(const Group& group,
                                               GroupFiles* files) const {
  CgroupListing listing;
  listing.set_path(group.path);
  for (const std::string& path : group.Paths()) listing.add_directories(path);
  CLEAT_RETURN_IF_ERROR(reader_.Read(group, files, &listing));
  // A period without a quota limits nothing.
  if (!listing.limits().has_cpu_quota_us() &&
      listing.limits().has_cpu_period_us()) {
    listing.mutable_limits()->clear_cpu_period_us();
  }
  AddFreezerState(group, &listing);
  AddMembers(group, &listing);
  return listing;
}

const std::vector<ListColumn>& ListColumns() {
  static const auto* const columns = new std::vector<ListColumn>{
      {"PROCS", ProcessesText}, {"CPUS", CpusText},    {"MEMORY", MemoryText},
      {"PIDS", PidsText},       {"STATE", FrozenText},
  };
  return *columns;
}

std::string TreeName(const std::string& path, const std::string& top) {
  if (path == top) return path;
  const auto slashes = [](const std::string& text) {
    return std::count(text.begin(), text.end(), '/');
  };
  const auto depth = slashes(path) - (top == "/" ? 0 : slashes(top));
  return absl::StrCat(std::string(2 * static_cast<size_t>(depth), ' '),
                      path.substr(path.rfind('/') + 1));
}

}  // namespace cleat::cgstat
