#ifndef CLEAT_LIB_PROCFS_CGROUP_H_
#define CLEAT_LIB_PROCFS_CGROUP_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

// /proc/PID/cgroup: cgroups(7), "/proc files".

namespace cleat::procfs {

// The group of a process in one hierarchy.
struct CgroupMembership {
  // 0 is the unified hierarchy (v2).
  int hierarchy = 0;
  // "cpu", "cpuacct"; "name=systemd" for a hierarchy without controllers;
  // empty for the unified one.
  std::vector<std::string> controllers;
  // Below the root of the reader's cgroup namespace; begins with "/", and with
  // "/.." where the group lies outside of it.
  std::string path;

  bool unified() const { return hierarchy == 0; }
};

// Parses all lines, in the file's order. A " (deleted)" after the path of a
// group that was removed is left out. kInvalidArgument names a wrong line.
absl::StatusOr<std::vector<CgroupMembership>> ParseCgroup(
    absl::string_view text);

// Reads <proc>/<process>/cgroup; `process` is "self" or a pid.
absl::StatusOr<std::vector<CgroupMembership>> ReadCgroup(
    const std::string& proc = "/proc", absl::string_view process = "self");

}  // namespace cleat::procfs

#endif  // CLEAT_LIB_PROCFS_CGROUP_H_
