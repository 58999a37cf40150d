#include "lib/runtime/process_list.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "lib/base/status_macros.h"
#include "lib/procfs/id_map.h"
#include "lib/procfs/stat.h"
#include "lib/procfs/status.h"
#include "lib/runtime/join.h"
#include "lib/runtime/user.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"

namespace cleat::runtime {
namespace {

// Of /proc/PID/cmdline: an argument may be of any length.
constexpr size_t kMaxArguments = size_t{4} << 20;

absl::StatusOr<struct stat> PidNamespace(pid_t pid) {
  const std::string path = absl::StrCat("/proc/", pid, "/ns/pid");
  struct stat info;
  if (stat(path.c_str(), &info) != 0) return sys::ErrnoError("stat ", path);
  return info;
}

bool IsSame(const struct stat& a, const struct stat& b) {
  return a.st_ino == b.st_ino && a.st_dev == b.st_dev;
}

// What all processes of the container are described by.
struct Inside {
  // Where the container's pids stand in NSpid.
  size_t level = 0;
  std::vector<procfs::IdRange> uid_map;
  UserNames names;
};

absl::StatusOr<Inside> ReadInside(pid_t init) {
  const std::string pid = absl::StrCat(init);
  Inside inside;
  CLEAT_ASSIGN_OR_RETURN(const procfs::ProcessStatus status,
                         procfs::ReadStatus("/proc", pid));
  inside.level = status.namespace_pids.size() - 1;
  CLEAT_ASSIGN_OR_RETURN(inside.uid_map,
                         procfs::ReadIdMap("uid_map", "/proc", pid));
  CLEAT_ASSIGN_OR_RETURN(const sys::Fd root, OpenRootOf(init));
  inside.names = ReadUserNames(root.get());
  return inside;
}

int64_t CpuTime(const procfs::Stat& stat) {
  const auto ticks = static_cast<int64_t>(stat.user_ticks + stat.system_ticks);
  return ticks * 1000000 / sysconf(_SC_CLK_TCK);
}

// The second number of /proc/PID/statm; proc(5).
int64_t ResidentBytes(pid_t pid) {
  const std::string text =
      sys::ReadFile(absl::StrCat("/proc/", pid, "/statm")).value_or("");
  const std::vector<absl::string_view> numbers = absl::StrSplit(text, ' ');
  int64_t pages = 0;
  if (numbers.size() < 2 || !absl::SimpleAtoi(numbers[1], &pages)) return 0;
  return pages * sysconf(_SC_PAGESIZE);
}

void SetArguments(pid_t pid, const std::string& comm,
                  proto::ContainerProcess* process) {
  const std::string text =
      sys::ReadFile(absl::StrCat("/proc/", pid, "/cmdline"), kMaxArguments)
          .value_or("");
  if (text.empty()) {
    process->add_args(absl::StrCat("[", comm, "]"));
    return;
  }
  for (const absl::string_view argument : absl::StrSplit(
           absl::StripSuffix(text, absl::string_view("\0", 1)), '\0')) {
    process->add_args(std::string(argument));
  }
}

void SetUser(const Inside& inside, uint32_t uid,
             proto::ContainerProcess* process) {
  // A user whom the container's namespace does not have is its nobody.
  constexpr uint32_t kOverflowUid = 65534;
  process->set_uid(procfs::MapIn(inside.uid_map, uid).value_or(kOverflowUid));
  const auto name = inside.names.find(process->uid());
  process->set_user(name == inside.names.end() ? absl::StrCat(process->uid())
                                               : name->second);
}

absl::StatusOr<proto::ContainerProcess> Describe(const Inside& inside,
                                                 pid_t pid) {
  CLEAT_ASSIGN_OR_RETURN(const procfs::Stat stat, procfs::ReadStat(pid));
  CLEAT_ASSIGN_OR_RETURN(const procfs::ProcessStatus status,
                         procfs::ReadStatus("/proc", absl::StrCat(pid)));
  proto::ContainerProcess process;
  process.set_pid(pid);
  if (inside.level < status.namespace_pids.size()) {
    process.set_container_pid(status.namespace_pids[inside.level]);
  }
  process.set_ppid(stat.ppid);
  SetUser(inside, status.uid.effective, &process);
  process.set_state(std::string(1, stat.state));
  process.set_cpu_us(CpuTime(stat));
  process.set_rss_bytes(ResidentBytes(pid));
  SetArguments(pid, stat.comm, &process);
  return process;
}

}  // namespace

absl::StatusOr<std::vector<pid_t>> NamespaceProcesses(pid_t init) {
  CLEAT_ASSIGN_OR_RETURN(const struct stat own, PidNamespace(getpid()));
  CLEAT_ASSIGN_OR_RETURN(const struct stat wanted, PidNamespace(init));
  if (IsSame(own, wanted)) {
    return absl::FailedPreconditionError(
        "the container has neither a PID namespace nor a cgroup of its own "
        "(cgset makes one)");
  }
  CLEAT_ASSIGN_OR_RETURN(const std::vector<std::string> names,
                         sys::ListDirectory("/proc"));
  std::vector<pid_t> pids;
  for (const std::string& name : names) {
    pid_t pid;
    if (!absl::SimpleAtoi(name, &pid)) continue;
    const absl::StatusOr<struct stat> other = PidNamespace(pid);
    if (other.ok() && IsSame(*other, wanted)) pids.push_back(pid);
  }
  std::sort(pids.begin(), pids.end());
  return pids;
}

absl::StatusOr<std::vector<proto::ContainerProcess>> DescribeProcesses(
    pid_t init, const std::vector<pid_t>& pids) {
  CLEAT_ASSIGN_OR_RETURN(const Inside inside, ReadInside(init));
  std::vector<proto::ContainerProcess> processes;
  for (const pid_t pid : pids) {
    absl::StatusOr<proto::ContainerProcess> process = Describe(inside, pid);
    if (process.ok()) processes.push_back(*std::move(process));
  }
  return processes;
}

}  // namespace cleat::runtime
