#include "lib/cgstat/group.h"

#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "lib/base/status_macros.h"
#include "lib/cgroup/tree.h"

namespace cleat::cgstat {
namespace {

using cgroup::Hierarchy;
using cgroup::Machine;

bool IsDirectory(const std::string& path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

// Whether `path` is `directory` or below it.
bool IsWithin(absl::string_view path, absl::string_view directory) {
  return absl::ConsumePrefix(&path, directory) &&
         (path.empty() || path[0] == '/');
}

// "/a/b" of "a//b/"; "/" of "".
absl::StatusOr<std::string> Normalize(absl::string_view path) {
  const std::vector<absl::string_view> parts =
      absl::StrSplit(path, '/', absl::SkipEmpty());
  if (std::find(parts.begin(), parts.end(), "..") != parts.end()) {
    return absl::InvalidArgumentError(
        absl::StrCat("find cgroup ", path, ": a path with '..' names none"));
  }
  return absl::StrCat("/", absl::StrJoin(parts, "/"));
}

absl::Status NoGroup(absl::string_view path) {
  return absl::NotFoundError(absl::StrCat(
      "find cgroup ", path, ": no hierarchy of this machine has it"));
}

// The hierarchy in whose mount `path` lies: with the longest mount point.
const Hierarchy* HierarchyOf(const Machine& machine, const std::string& path) {
  const Hierarchy* best = nullptr;
  for (const Hierarchy& hierarchy : machine.hierarchies) {
    if (!IsWithin(path, hierarchy.mount)) continue;
    if (best == nullptr || best->mount.size() < hierarchy.mount.size()) {
      best = &hierarchy;
    }
  }
  return best;
}

std::string NameBelow(const Hierarchy& hierarchy, const std::string& path) {
  const std::string name = path.substr(hierarchy.mount.size());
  return name.empty() ? "/" : name;
}

std::string DirectoryOf(const Hierarchy& hierarchy, const std::string& name) {
  return name == "/" ? hierarchy.mount : absl::StrCat(hierarchy.mount, name);
}

bool IsCounted(const Hierarchy& hierarchy,
               const std::vector<std::string>& controllers) {
  return hierarchy.unified || controllers.empty() ||
         std::any_of(
             controllers.begin(), controllers.end(),
             [&](const std::string& name) { return hierarchy.Has(name); });
}

// A tree walk visits "/a/b" before "/a-b".
struct TreeOrder {
  bool operator()(const std::string& a, const std::string& b) const {
    return std::lexicographical_compare(
        a.begin(), a.end(), b.begin(), b.end(),
        [](char x, char y) { return (x == '/' ? 0 : x) < (y == '/' ? 0 : y); });
  }
};

}  // namespace

std::vector<std::string> Group::Paths() const {
  std::vector<std::string> paths;
  for (const GroupDirectory& directory : directories) {
    paths.push_back(directory.path);
  }
  return paths;
}

absl::StatusOr<Group> FindGroup(const Machine& machine,
                                const std::string& path) {
  Group group;
  CLEAT_ASSIGN_OR_RETURN(group.path, Normalize(path));
  if (const Hierarchy* only = HierarchyOf(machine, group.path)) {
    if (!IsDirectory(group.path)) return NoGroup(group.path);
    group.directories.push_back({only, group.path});
    group.path = NameBelow(*only, group.path);
    return group;
  }
  for (const Hierarchy& hierarchy : machine.hierarchies) {
    std::string directory = DirectoryOf(hierarchy, group.path);
    if (!IsDirectory(directory)) continue;
    group.directories.push_back({&hierarchy, std::move(directory)});
  }
  if (group.directories.empty()) return NoGroup(group.path);
  return group;
}

absl::StatusOr<Group> OwnGroup(const Machine& machine) {
  Group group;
  for (const Hierarchy& hierarchy : machine.hierarchies) {
    group.directories.push_back({&hierarchy, hierarchy.OwnDirectory()});
    if (hierarchy.own.size() >= group.path.size()) group.path = hierarchy.own;
  }
  if (group.directories.empty()) {
    return absl::FailedPreconditionError(
        "find cgroups of a process: no cgroup hierarchy is mounted");
  }
  return group;
}

absl::StatusOr<Group> ContainerGroup(const Machine& machine,
                                     const proto::CgroupState& state) {
  Group group;
  group.path = state.path();
  for (const auto& directory : state.directories()) {
    const Hierarchy* hierarchy = HierarchyOf(machine, directory.path());
    if (hierarchy == nullptr || !IsDirectory(directory.path())) continue;
    group.directories.push_back({hierarchy, directory.path()});
  }
  if (group.directories.empty()) return NoGroup(group.path);
  return group;
}

absl::StatusOr<std::vector<Group>> GroupsBelow(
    const Machine& machine, const Group& top,
    const std::vector<std::string>& controllers) {
  std::map<std::string, Group, TreeOrder> groups;
  for (const GroupDirectory& directory : top.directories) {
    const Hierarchy& hierarchy = *directory.hierarchy;
    if (!IsCounted(hierarchy, controllers)) continue;
    CLEAT_ASSIGN_OR_RETURN(std::vector<std::string> paths,
                           cgroup::GroupsBottomUp(directory.path));
    for (std::string& path : paths) {
      // A hierarchy that is mounted inside another one is its own.
      if (machine.hierarchies.size() > 1 &&
          HierarchyOf(machine, path) != &hierarchy) {
        continue;
      }
      std::string name = NameBelow(hierarchy, path);
      Group& group = groups[name];
      group.directories.push_back({&hierarchy, std::move(path)});
      if (group.path.empty()) group.path = std::move(name);
    }
  }
  std::vector<Group> result;
  result.reserve(groups.size());
  for (auto& [name, group] : groups) result.push_back(std::move(group));
  return result;
}

}  // namespace cleat::cgstat
