// cgstat: what cgroups have used, once or again and again.

#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "lib/base/status_macros.h"
#include "lib/cgstat/read_stat.h"
#include "lib/cgstat/stat_text.h"
#include "lib/cgstat/usage.h"
#include "lib/cgstat/wait.h"
#include "lib/cli/cgroups.h"
#include "lib/cli/screen.h"
#include "lib/cli/table.h"
#include "lib/cli/tool.h"
#include "lib/pb/json.h"
#include "lib/sys/file.h"
#include "proto/cgroup_query.table.h"

namespace cleat {
namespace {

using cgstat::Group;
using cgstat::StatReader;
using cgstat::Usage;
using Options = proto::CgstatOptions;

std::string ToJson(std::vector<Usage> usages) {
  std::string lines;
  const std::string now = cgstat::StatTime();
  for (Usage& usage : usages) {
    usage.stat.set_time(now);
    absl::StrAppend(&lines, pb::ToJson(usage.stat), "\n");
  }
  return lines;
}

// A row for each group.
std::string ToTable(const std::vector<Usage>& usages) {
  std::vector<std::string> heading;
  for (const auto& column : cgstat::UsageColumns()) {
    heading.emplace_back(column.name);
  }
  cli::Table table(std::move(heading));
  for (const Usage& usage : usages) {
    std::vector<std::string> cells;
    for (const auto& column : cgstat::UsageColumns()) {
      cells.push_back(column.text(usage));
    }
    table.AddRow(std::move(cells));
  }
  return table.ToString();
}

// A column for each group, with all that is known of it.
std::string ToDetails(const std::vector<Usage>& usages) {
  std::vector<std::string> heading = {"FIELD"};
  std::vector<cgstat::StatLines> columns;
  for (const Usage& usage : usages) {
    heading.push_back(cgstat::UsageColumns().front().text(usage));
    columns.push_back(cgstat::DescribeStat(usage.stat));
  }
  cli::Table table(std::move(heading));
  for (auto& row : cgstat::JoinStatLines(columns)) table.AddRow(std::move(row));
  return table.ToString();
}

// What is looked at, and how it is shown.
class Watch {
 public:
  Watch(const Options& options, cgstat::UsageOrder order,
        const cli::SelectedGroups& selected)
      : options_(options),
        order_(order),
        selected_(selected),
        reader_(IsTable() ? cgstat::UsageFields() : std::vector<std::string>()),
        usages_(reader_) {}

  // Whether there was still a group to be shown.
  absl::StatusOr<bool> Show() {
    CLEAT_ASSIGN_OR_RETURN(const std::vector<Group> groups, Groups());
    CLEAT_ASSIGN_OR_RETURN(std::vector<Usage> usages, usages_.Read(groups));
    if (usages.empty()) return false;
    if (options_.top()) SortAndCut(&usages);
    CLEAT_RETURN_IF_ERROR(Print(std::move(usages)));
    return true;
  }

 private:
  bool IsTable() const {
    return !options_.query().json() &&
           (options_.top() || options_.has_interval_us());
  }

  // With --top those below, which come and go.
  absl::StatusOr<std::vector<Group>> Groups() const {
    if (!options_.top()) return selected_.groups;
    std::vector<Group> all;
    for (const Group& top : selected_.groups) {
      CLEAT_ASSIGN_OR_RETURN(
          std::vector<Group> below,
          cgstat::GroupsBelow(*Machine(), top, reader_.Controllers()));
      std::move(below.begin(), below.end(), std::back_inserter(all));
    }
    return all;
  }

  // One hierarchy's mount is another's only by name; all machines agree on it.
  const cgroup::Machine* Machine() const { return &selected_.machines.back(); }

  void SortAndCut(std::vector<Usage>* usages) const {
    cgstat::SortUsages(order_, usages);
    if (options_.lines() > 0 && usages->size() > options_.lines()) {
      usages->resize(options_.lines());
    }
  }

  absl::Status Print(std::vector<Usage> usages) {
    if (options_.query().json()) {
      return sys::WriteAll(STDOUT_FILENO, ToJson(std::move(usages)),
                           "standard output");
    }
    return screen_.Show(IsTable() ? ToTable(usages) : ToDetails(usages));
  }

  const Options& options_;
  const cgstat::UsageOrder order_;
  const cli::SelectedGroups& selected_;
  const StatReader reader_;
  cgstat::UsageReader usages_;
  cli::Screen screen_;
};

absl::Status CheckTogether(const Options& options) {
  if (options.has_interval_us() && options.interval_us() <= 0) {
    return absl::InvalidArgumentError("--interval: 0 is no time between");
  }
  if (options.has_count() && !options.has_interval_us()) {
    return absl::InvalidArgumentError("--count counts times of --interval");
  }
  if (!options.top() && (options.has_sort() || options.has_lines())) {
    return absl::InvalidArgumentError("--sort and --lines are for --top");
  }
  if (options.has_wait_for() && (options.top() || options.has_interval_us())) {
    return absl::InvalidArgumentError(
        "--wait-for excludes --top and --interval");
  }
  if (!options.has_wait_for() && options.has_timeout_us()) {
    return absl::InvalidArgumentError("--timeout is for --wait-for");
  }
  return absl::OkStatus();
}

absl::StatusOr<cgstat::UsageOrder> Order(const Options& options) {
  if (!options.has_sort()) return cgstat::UsageOrder::kCpu;
  const auto order = cgstat::ParseUsageOrder(options.sort());
  if (order.ok()) return order;
  return absl::InvalidArgumentError(
      absl::StrCat("--sort: ", order.status().message()));
}

absl::StatusOr<cgstat::WaitOptions> Waiting(const Options& options) {
  cgstat::WaitOptions waiting;
  const auto event = cgstat::ParseEvent(options.wait_for());
  if (!event.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--wait-for: ", event.status().message()));
  }
  waiting.event = *event;
  if (options.timeout_us() > 0) {
    waiting.timeout = absl::Microseconds(options.timeout_us());
  }
  if (options.has_resource()) waiting.resource = options.resource();
  if (options.has_stall_us()) waiting.stall_us = options.stall_us();
  if (options.has_window_us()) waiting.window_us = options.window_us();
  return waiting;
}

absl::Status CheckOptions(const Options& options) {
  CLEAT_RETURN_IF_ERROR(CheckTogether(options));
  CLEAT_RETURN_IF_ERROR(Order(options).status());
  if (!options.has_wait_for()) return absl::OkStatus();
  return Waiting(options).status();
}

// A group that has emptied may be gone: then there is nothing to be shown.
absl::Status WaitAndShow(const Options& options,
                         const cli::SelectedGroups& selected, Watch* watch) {
  CLEAT_ASSIGN_OR_RETURN(const cgstat::WaitOptions waiting, Waiting(options));
  if (selected.groups.size() != 1) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--wait-for is of one group, not ", selected.groups.size()));
  }
  CLEAT_RETURN_IF_ERROR(cgstat::WaitFor(selected.groups.front(), waiting));
  return watch->Show().status();
}

// Again and again, until the groups are gone.
absl::Status ShowAgain(const Options& options, Watch* watch) {
  absl::Time next = absl::Now();
  for (uint32_t times = 1;; ++times) {
    CLEAT_ASSIGN_OR_RETURN(const bool shown, watch->Show());
    if (!shown || !options.has_interval_us() || times == options.count()) break;
    // Not later by what the reading took.
    next =
        std::max(next + absl::Microseconds(options.interval_us()), absl::Now());
    absl::SleepFor(next - absl::Now());
  }
  return absl::OkStatus();
}

absl::Status Cgstat(const Options& options) {
  const absl::Status usage = CheckOptions(options);
  if (!usage.ok()) return cli::WithExitStatus(usage, 2);
  CLEAT_ASSIGN_OR_RETURN(const cgstat::UsageOrder order, Order(options));
  const bool everything =
      options.top() && !cli::NamesGroups(options.selection());
  CLEAT_ASSIGN_OR_RETURN(cli::SelectedGroups selected,
                         everything ? cli::RootGroup()
                                    : cli::SelectGroups(pb::ToolOf<Options>(),
                                                        options.selection()));
  Watch watch(options, order, selected);
  return options.has_wait_for() ? WaitAndShow(options, selected, &watch)
                                : ShowAgain(options, &watch);
}

}  // namespace

CLEAT_DATA(proto::CgstatOptions, Cgstat);

}  // namespace cleat
