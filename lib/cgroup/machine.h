#ifndef CLEAT_LIB_CGROUP_MACHINE_H_
#define CLEAT_LIB_CGROUP_MACHINE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

// The cgroup hierarchies of this machine as this process sees them: found in
// mountinfo, never assumed. A machine may have v1 hierarchies (one or several
// controllers each, or none and a name), the unified one (v2), or both
// ("hybrid"): cgroups(7).

namespace cleat::cgroup {

struct Hierarchy {
  bool unified = false;
  // v1: "cpu", "cpuacct", "name=systemd"; v2: what its root group has.
  std::vector<std::string> controllers;
  // Where it is mounted.
  std::string mount;
  // This process's group below the mount: "/" is the mount's own directory,
  // which it is also where the group cannot be reached through this mount.
  std::string own;
  // Mounted read-only.
  bool read_only = false;
  // Its own group is handed over to have groups below (lib/cgroup/scope.h).
  bool delegated = false;

  bool Has(absl::string_view controller) const;
  // The directory of the process's own group.
  std::string OwnDirectory() const;
};

struct Machine {
  // In the order of /proc/self/cgroup, but v1's freezer and then the unified
  // hierarchy last.
  std::vector<Hierarchy> hierarchies;

  // The hierarchy with this controller: v1's before v2's, since a controller
  // is only ever in one of them. Null when none has it.
  const Hierarchy* Find(absl::string_view controller) const;
  const Hierarchy* Unified() const;
};

// Reads <root>/proc/self/mountinfo and <root>/proc/<process>/cgroup; `process`
// is "self" or a pid, whose groups then stand for "own". Hierarchies that are
// nowhere mounted are left out; none at all is no error here.
absl::StatusOr<Machine> FindMachine(const std::string& root = "",
                                    absl::string_view process = "self");

}  // namespace cleat::cgroup

#endif  // CLEAT_LIB_CGROUP_MACHINE_H_
