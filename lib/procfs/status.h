#ifndef CLEAT_LIB_PROCFS_STATUS_H_
#define CLEAT_LIB_PROCFS_STATUS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

// /proc/PID/status: proc(5), "/proc/pid/status".

namespace cleat::procfs {

// Ids as the reader's user namespace sees them; unmapped ones are 65534.
struct Ids {
  uint32_t real = 0;
  uint32_t effective = 0;
  uint32_t saved = 0;
  uint32_t file_system = 0;
};

// One bit per capability: bit 0 is CAP_CHOWN.
struct Capabilities {
  uint64_t inheritable = 0;
  uint64_t permitted = 0;
  uint64_t effective = 0;
  uint64_t bounding = 0;
  uint64_t ambient = 0;
};

// One bit per signal: bit 0 is signal 1.
struct Signals {
  uint64_t blocked = 0;
  uint64_t ignored = 0;
  uint64_t caught = 0;
};

// The lines that are used here; the others are passed over.
struct ProcessStatus {
  // With the escapes of the kernel ("\n", "\\") as they stand.
  std::string name;
  // The first letter of "S (sleeping)"; see Stat::state.
  char state = 0;
  int tgid = 0;
  int pid = 0;
  int ppid = 0;
  Ids uid;
  Ids gid;
  std::vector<uint32_t> groups;
  // The pid in each pid namespace, from the reader's down to its own.
  std::vector<int> namespace_pids;
  int threads = 0;
  Signals signals;
  Capabilities capabilities;
  bool no_new_privs = false;
  // 0 none, 1 strict, 2 filter; `seccomp_filters` counts them (Linux 5.9).
  int seccomp = 0;
  int seccomp_filters = 0;
};

// Parses the file; a line that is absent leaves its field alone.
// kInvalidArgument names the line that is wrong.
absl::StatusOr<ProcessStatus> ParseStatus(absl::string_view text);

// Reads <proc>/<process>/status; `process` is "self" or a pid.
absl::StatusOr<ProcessStatus> ReadStatus(const std::string& proc = "/proc",
                                         absl::string_view process = "self");

}  // namespace cleat::procfs

#endif  // CLEAT_LIB_PROCFS_STATUS_H_
