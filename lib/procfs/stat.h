#ifndef CLEAT_LIB_PROCFS_STAT_H_
#define CLEAT_LIB_PROCFS_STAT_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

// /proc/PID/stat: proc(5), "/proc/pid/stat".

namespace cleat::procfs {

struct Stat {
  int pid = 0;
  // The program's name, at most 15 bytes; may hold spaces, parentheses and
  // line ends.
  std::string comm;
  // 'R' running, 'S' and 'D' sleeping, 'T' and 't' stopped, 'Z' a zombie.
  char state = 0;
  int ppid = 0;
  int process_group = 0;
  int session = 0;
  // Time spent in user mode and in the kernel, in clock ticks
  // (sysconf(_SC_CLK_TCK) a second).
  uint64_t user_ticks = 0;
  uint64_t system_ticks = 0;
  int threads = 0;
  // Field 22: when it started, in clock ticks after boot. Together with the
  // pid it names a process that no later one can be mistaken for.
  uint64_t start_time = 0;
};

// Parses the file's only line; kInvalidArgument names the field that is wrong.
absl::StatusOr<Stat> ParseStat(absl::string_view text);

// Reads <proc>/<pid>/stat; kNotFound when there is no such process.
absl::StatusOr<Stat> ReadStat(int pid, const std::string& proc = "/proc");

}  // namespace cleat::procfs

#endif  // CLEAT_LIB_PROCFS_STAT_H_
