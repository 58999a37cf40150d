#include "lib/cgroup/machine.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "lib/base/status_macros.h"
#include "lib/procfs/cgroup.h"
#include "lib/procfs/mountinfo.h"
#include "lib/sys/file.h"

namespace cleat::cgroup {
namespace {

using procfs::CgroupMembership;
using procfs::Mount;

bool Shows(const Mount& mount, const CgroupMembership& membership) {
  if (membership.unified()) return mount.type == "cgroup2";
  const std::vector<std::string>& options = mount.super_options;
  return mount.type == "cgroup" &&
         std::find(options.begin(), options.end(),
                   membership.controllers.front()) != options.end();
}

// The mount that shows most: the whole hierarchy before a part of it, and of
// equal ones the first, which is the system's own.
const Mount* FindMount(const std::vector<Mount>& mounts,
                       const CgroupMembership& membership) {
  const Mount* best = nullptr;
  for (const Mount& mount : mounts) {
    if (!Shows(mount, membership)) continue;
    if (best == nullptr || mount.root.size() < best->root.size()) best = &mount;
  }
  return best;
}

// `path` as seen from a mount of `root`.
std::string OwnBelow(absl::string_view root, absl::string_view path) {
  if (root != "/" && !absl::ConsumePrefix(&path, root)) return "/";
  if (!absl::StartsWith(path, "/") || absl::StartsWith(path, "/..")) return "/";
  return std::string(path);
}

absl::StatusOr<std::vector<std::string>> UnifiedControllers(
    const std::string& directory) {
  CLEAT_ASSIGN_OR_RETURN(
      const std::string text,
      sys::ReadFile(absl::StrCat(directory, "/cgroup.controllers")));
  return std::vector<std::string>(
      absl::StrSplit(text, absl::ByAnyChar(" \n"), absl::SkipEmpty()));
}

absl::StatusOr<Hierarchy> MakeHierarchy(const std::string& root,
                                        const Mount& mount,
                                        const CgroupMembership& membership) {
  Hierarchy hierarchy;
  hierarchy.unified = membership.unified();
  hierarchy.controllers = membership.controllers;
  hierarchy.mount = absl::StrCat(root, mount.target);
  hierarchy.own = OwnBelow(mount.root, membership.path);
  hierarchy.read_only = mount.Has("ro");
  if (hierarchy.unified) {
    CLEAT_ASSIGN_OR_RETURN(hierarchy.controllers,
                           UnifiedControllers(hierarchy.mount));
  }
  return hierarchy;
}

// What can stop a whole group comes last, because what is made last is removed
// first: then nobody is left to fork in the other groups.
int Rank(const Hierarchy& hierarchy) {
  if (hierarchy.unified) return 2;
  return hierarchy.Has("freezer") ? 1 : 0;
}

}  // namespace

bool Hierarchy::Has(absl::string_view controller) const {
  return std::find(controllers.begin(), controllers.end(), controller) !=
         controllers.end();
}

std::string Hierarchy::OwnDirectory() const {
  return own == "/" ? mount : absl::StrCat(mount, own);
}

const Hierarchy* Machine::Find(absl::string_view controller) const {
  for (const Hierarchy& hierarchy : hierarchies) {
    if (hierarchy.Has(controller)) return &hierarchy;
  }
  return nullptr;
}

const Hierarchy* Machine::Unified() const {
  return hierarchies.empty() || !hierarchies.back().unified
             ? nullptr
             : &hierarchies.back();
}

absl::StatusOr<Machine> FindMachine(const std::string& root,
                                    absl::string_view process) {
  const std::string proc = absl::StrCat(root, "/proc");
  CLEAT_ASSIGN_OR_RETURN(const std::vector<Mount> mounts,
                         procfs::ReadMountinfo(proc));
  CLEAT_ASSIGN_OR_RETURN(const std::vector<CgroupMembership> memberships,
                         procfs::ReadCgroup(proc, process));
  Machine machine;
  for (const CgroupMembership& membership : memberships) {
    const Mount* mount = FindMount(mounts, membership);
    if (mount == nullptr) continue;
    CLEAT_ASSIGN_OR_RETURN(machine.hierarchies.emplace_back(),
                           MakeHierarchy(root, *mount, membership));
  }
  std::stable_sort(
      machine.hierarchies.begin(), machine.hierarchies.end(),
      [](const Hierarchy& a, const Hierarchy& b) { return Rank(a) < Rank(b); });
  return machine;
}

}  // namespace cleat::cgroup
