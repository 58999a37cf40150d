// cglist: cgroups as a tree, with their limits and who is in them.

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "lib/base/status_macros.h"
#include "lib/cgstat/group_files.h"
#include "lib/cgstat/list.h"
#include "lib/cli/cgroups.h"
#include "lib/cli/table.h"
#include "lib/cli/tool.h"
#include "lib/pb/json.h"
#include "lib/sys/file.h"
#include "proto/cgroup_query.table.h"

namespace cleat {
namespace {

using cgstat::Group;
using Options = proto::CglistOptions;

struct Line {
  proto::CgroupListing listing;
  std::string top;  // the group that its tree begins with
};

absl::Status AddTree(const Options& options, const cgroup::Machine& machine,
                     const Group& top, std::vector<Line>* lines) {
  std::vector<Group> groups = {top};
  if (!options.flat()) {
    CLEAT_ASSIGN_OR_RETURN(groups, cgstat::GroupsBelow(machine, top));
  }
  const cgstat::ListReader reader;
  cgstat::GroupFiles files;
  for (const Group& group : groups) {
    auto listing = reader.Read(group, &files);
    // One below that vanishes meanwhile.
    if (absl::IsNotFound(listing.status()) && group.path != top.path) continue;
    if (!listing.ok()) return listing.status();
    lines->push_back({*std::move(listing), top.path});
  }
  return absl::OkStatus();
}

std::string Command(int pid) {
  const auto name = sys::ReadFile(absl::StrCat("/proc/", pid, "/comm"));
  return name.ok() ? std::string(absl::StripSuffix(*name, "\n")) : "?";
}

// "  123 sh" in the first column.
void AddProcesses(const Line& line, const std::string& name,
                  cli::Table* table) {
  const std::string indent(name.find_first_not_of(' ') + 2, ' ');
  for (const int pid : line.listing.processes()) {
    std::vector<std::string> cells(cgstat::ListColumns().size() + 1);
    cells.front() = absl::StrCat(indent, pid, " ", Command(pid));
    table->AddRow(std::move(cells));
  }
}

std::string ToTable(const Options& options, const std::vector<Line>& lines) {
  std::vector<std::string> heading = {"CGROUP"};
  for (const auto& column : cgstat::ListColumns()) {
    heading.emplace_back(column.name);
  }
  cli::Table table(std::move(heading));
  for (const Line& line : lines) {
    const std::string name = cgstat::TreeName(line.listing.path(), line.top);
    std::vector<std::string> cells = {name};
    for (const auto& column : cgstat::ListColumns()) {
      cells.push_back(column.text(line.listing));
    }
    table.AddRow(std::move(cells));
    if (options.processes()) AddProcesses(line, name, &table);
  }
  return table.ToString();
}

std::string ToJson(const std::vector<Line>& lines) {
  std::string text;
  for (const Line& line : lines) {
    absl::StrAppend(&text, pb::ToJson(line.listing), "\n");
  }
  return text;
}

absl::Status Cglist(const Options& options, std::string* output) {
  CLEAT_ASSIGN_OR_RETURN(
      const cli::SelectedGroups selected,
      cli::NamesGroups(options.selection())
          ? cli::SelectGroups(pb::ToolOf<Options>(), options.selection())
          : cli::RootGroup());
  std::vector<Line> lines;
  for (const Group& group : selected.groups) {
    CLEAT_RETURN_IF_ERROR(
        AddTree(options, selected.machines.back(), group, &lines));
  }
  *output = options.query().json() ? ToJson(lines) : ToTable(options, lines);
  return absl::OkStatus();
}

}  // namespace

CLEAT_QUERY(proto::CglistOptions, Cglist);

}  // namespace cleat
