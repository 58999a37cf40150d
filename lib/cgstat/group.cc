#include "lib/cgstat/group.h"

#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <unordered_map>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "lib/base/status_macros.h"
#include "lib/cgroup/tree.h"
#include "lib/sys/threads.h"

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

bool IsWithinAny(absl::string_view path,
                 const std::vector<std::string>& directories) {
  return std::any_of(directories.begin(), directories.end(),
                     [path](const std::string& directory) {
                       return IsWithin(path, directory);
                     });
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

// Where other hierarchies are mounted inside this one.
std::vector<std::string> MountsWithin(const Machine& machine,
                                      const Hierarchy& outer) {
  std::vector<std::string> mounts;
  for (const Hierarchy& hierarchy : machine.hierarchies) {
    if (&hierarchy != &outer && IsWithin(hierarchy.mount, outer.mount)) {
      mounts.push_back(hierarchy.mount);
    }
  }
  return mounts;
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

// Whether a tree walk visits `a` first: "/a/b" before "/a-b".
bool IsBefore(const Group& a, const Group& b) {
  const auto [x, y] =
      std::mismatch(a.path.begin(), a.path.end(), b.path.begin(), b.path.end());
  if (x == a.path.end() || y == b.path.end()) return y != b.path.end();
  return *y != '/' && (*x == '/' || *x < *y);
}

// What is below each of them, on two threads.
std::vector<absl::StatusOr<std::vector<std::string>>> Walk(
    const std::vector<const GroupDirectory*>& tops) {
  std::vector<absl::StatusOr<std::vector<std::string>>> walks(tops.size());
  std::atomic<size_t> next = 0;
  const auto work = [&] {
    for (size_t i = next++; i < tops.size(); i = next++) {
      walks[i] = cgroup::GroupsBottomUp(tops[i]->path);
    }
  };
  sys::OnThreads(tops.size() > 1 ? 2 : 1, work);
  return walks;
}

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
  std::vector<const GroupDirectory*> tops;
  for (const GroupDirectory& directory : top.directories) {
    if (IsCounted(*directory.hierarchy, controllers)) {
      tops.push_back(&directory);
    }
  }
  auto walks = Walk(tops);
  std::vector<Group> groups;
  std::unordered_map<std::string, size_t> indices;
  for (size_t i = 0; i < tops.size(); ++i) {
    const Hierarchy& hierarchy = *tops[i]->hierarchy;
    CLEAT_ASSIGN_OR_RETURN(std::vector<std::string> paths, std::move(walks[i]));
    const std::vector<std::string> others = MountsWithin(machine, hierarchy);
    for (std::string& path : paths) {
      // A hierarchy that is mounted inside another one is its own.
      if (IsWithinAny(path, others)) continue;
      std::string name = NameBelow(hierarchy, path);
      const size_t index =
          indices.try_emplace(name, groups.size()).first->second;
      if (index == groups.size()) groups.push_back({std::move(name), "", {}});
      groups[index].directories.push_back({&hierarchy, std::move(path)});
    }
  }
  std::sort(groups.begin(), groups.end(), IsBefore);
  return groups;
}

}  // namespace cleat::cgstat
