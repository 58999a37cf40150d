#ifndef CLEAT_LIB_PROCFS_MOUNTINFO_H_
#define CLEAT_LIB_PROCFS_MOUNTINFO_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

// /proc/PID/mountinfo: proc(5), "/proc/pid/mountinfo".

namespace cleat::procfs {

// One mount that the process sees. Paths are unescaped: the kernel writes
// space, tab, line end and backslash as three octal digits.
struct Mount {
  int id = 0;
  // The mount that it lies on; of another namespace for the topmost one.
  int parent = 0;
  // "MAJOR:MINOR" of its files' st_dev.
  std::string device;
  // The directory of its file system that is mounted: "/" but for bind mounts
  // and groups ("/user.slice"), "/.." and more above a cgroup namespace's root.
  std::string root;
  // Where, below the process's root directory.
  std::string target;
  // Of this mount: "rw", "nosuid", …
  std::vector<std::string> options;
  // "shared:7", "master:3", "propagate_from:2", "unbindable"; mostly none.
  std::vector<std::string> propagation;
  std::string type;
  std::string source;
  // Of the file system: "rw", "size=64m", a v1 group's controllers.
  std::vector<std::string> super_options;

  // Whether an option of the mount or of the file system is `option`.
  bool Has(absl::string_view option) const;
};

// Parses all lines, in the file's order: a later one may hide earlier ones.
// kInvalidArgument names the line that is wrong.
absl::StatusOr<std::vector<Mount>> ParseMountinfo(absl::string_view text);

// Reads <proc>/<process>/mountinfo; `process` is "self" or a pid.
absl::StatusOr<std::vector<Mount>> ReadMountinfo(
    const std::string& proc = "/proc", absl::string_view process = "self");

}  // namespace cleat::procfs

#endif  // CLEAT_LIB_PROCFS_MOUNTINFO_H_
