#include "lib/cli/cgroups.h"

#include <unistd.h>

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/cgroup/processes.h"
#include "lib/cli/current_process.h"
#include "lib/cli/each_container.h"
#include "proto/cgroup.table.h"

namespace cleat::cli {
namespace {

// Collects groups, each on the machine as its finder saw it.
class Selector {
 public:
  absl::Status AddPath(const std::string& path) {
    CLEAT_ASSIGN_OR_RETURN(const cgroup::Machine* machine, Machine());
    return Add(cgstat::FindGroup(*machine, path));
  }

  absl::Status AddPid(int pid) {
    absl::StatusOr<cgroup::Machine> machine =
        cgroup::FindMachine("", absl::StrCat(pid));
    if (!machine.ok()) {
      return absl::Status(machine.status().code(),
                          absl::StrCat("find cgroups of process ", pid, ": ",
                                       machine.status().message()));
    }
    selected_.machines.push_back(*std::move(machine));
    return Add(cgstat::OwnGroup(selected_.machines.back()));
  }

  absl::Status AddContainer(const journal::Instance& instance) {
    CLEAT_ASSIGN_OR_RETURN(const Document document, CurrentDocument(instance));
    CLEAT_ASSIGN_OR_RETURN(const auto section,
                           document.Get<proto::Cgroup>("cgroup"));
    if (section.state().directories().empty()) {
      return absl::FailedPreconditionError(
          absl::StrCat("container ", DisplayName(instance),
                       " has no cgroup (cgset before rootfs-run makes one)"));
    }
    CLEAT_ASSIGN_OR_RETURN(const cgroup::Machine* machine, Machine());
    CLEAT_RETURN_IF_ERROR(
        Add(cgstat::ContainerGroup(*machine, section.state())));
    selected_.groups.back().container = DisplayName(instance);
    return absl::OkStatus();
  }

  SelectedGroups Take() { return std::move(selected_); }

 private:
  absl::Status Add(absl::StatusOr<cgstat::Group> group) {
    if (!group.ok()) return group.status();
    selected_.groups.push_back(*std::move(group));
    return absl::OkStatus();
  }

  // As this process sees it; found when it is first needed.
  absl::StatusOr<const cgroup::Machine*> Machine() {
    if (machine_ == nullptr) {
      CLEAT_ASSIGN_OR_RETURN(cgroup::Machine found, cgroup::FindMachine());
      selected_.machines.push_back(std::move(found));
      machine_ = &selected_.machines.back();
    }
    return machine_;
  }

  SelectedGroups selected_;
  const cgroup::Machine* machine_ = nullptr;
};

}  // namespace

bool NamesGroups(const proto::CgroupSelection& selection) {
  return selection.path_size() + selection.groups_size() +
                 selection.pid_size() + selection.id_size() >
             0 ||
         selection.has_input();
}

absl::StatusOr<SelectedGroups> SelectGroups(
    const pb::Tool& tool, const proto::CgroupSelection& selection) {
  Selector selector;
  for (const std::string& path : selection.path()) {
    CLEAT_RETURN_IF_ERROR(selector.AddPath(path));
  }
  for (const std::string& path : selection.groups()) {
    CLEAT_RETURN_IF_ERROR(selector.AddPath(path));
  }
  for (const int pid : selection.pid()) {
    CLEAT_RETURN_IF_ERROR(selector.AddPid(pid));
  }
  if (selection.id_size() > 0 || selection.has_input() ||
      !NamesGroups(selection)) {
    CLEAT_ASSIGN_OR_RETURN(
        const std::vector<journal::Instance> instances,
        SelectContainers(tool, {selection.id(), Texts(), selection.input()}));
    for (const journal::Instance& instance : instances) {
      CLEAT_RETURN_IF_ERROR(selector.AddContainer(instance));
    }
  }
  SelectedGroups selected = selector.Take();
  if (selected.groups.empty()) {
    return absl::FailedPreconditionError(
        "the documents are templates: no container of them has a cgroup yet");
  }
  return selected;
}

absl::Status ForEachGroup(
    const pb::Tool& tool, const proto::CgroupSelection& selection,
    absl::FunctionRef<absl::Status(const cgstat::Group& group)> act) {
  CLEAT_ASSIGN_OR_RETURN(const SelectedGroups selected,
                         SelectGroups(tool, selection));
  EachResult result;
  for (const cgstat::Group& group : selected.groups) {
    const absl::Status status = act(group);
    if (!status.ok()) result.Failed(status);
  }
  return std::move(result).ToStatus();
}

absl::Status CheckIsOutside(const cgstat::Group& group) {
  for (const std::string& path : group.Paths()) {
    CLEAT_ASSIGN_OR_RETURN(const std::vector<pid_t> pids,
                           cgroup::Processes(path));
    if (std::find(pids.begin(), pids.end(), getpid()) != pids.end()) {
      return absl::FailedPreconditionError(absl::StrCat(
          "cgroup ", group.path, ": this process itself is in ", path));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<SelectedGroups> RootGroup() {
  Selector selector;
  CLEAT_RETURN_IF_ERROR(selector.AddPath("/"));
  return selector.Take();
}

}  // namespace cleat::cli
