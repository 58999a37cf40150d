#include "lib/cgroup/remove.h"

#include <errno.h>
#include <linux/magic.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "lib/base/status_macros.h"
#include "lib/base/trace.h"
#include "lib/cgroup/processes.h"
#include "lib/cgroup/tree.h"
#include "lib/sys/errno.h"

namespace cleat::cgroup {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(10);
constexpr absl::Duration kFirstPause = absl::Microseconds(50);
constexpr absl::Duration kLongestPause = absl::Milliseconds(10);

absl::Status Refuse(const std::string& path, absl::string_view why) {
  return absl::InvalidArgumentError(
      absl::StrCat("remove cgroup ", path, ": ", why));
}

// Whether there is a group to be removed.
absl::StatusOr<bool> IsGroup(const std::string& path) {
  if (!absl::StartsWith(path, "/")) return Refuse(path, "path is not absolute");
  struct statfs info;
  if (statfs(path.c_str(), &info) != 0) {
    if (errno == ENOENT) return false;
    return sys::ErrnoError("remove cgroup ", path);
  }
  if (info.f_type != CGROUP_SUPER_MAGIC && info.f_type != CGROUP2_SUPER_MAGIC) {
    return Refuse(path, "is not in a cgroup tree");
  }
  return true;
}

// Above a hierarchy's root lies another file system. Its rmdir fails as that
// of a busy group does, and all processes of the machine may be in it.
absl::Status CheckIsNoRoot(const std::string& path) {
  struct stat self, parent;
  if (stat(path.c_str(), &self) != 0 ||
      stat(absl::StrCat(path, "/..").c_str(), &parent) != 0) {
    if (errno == ENOENT) return absl::OkStatus();
    return sys::ErrnoError("remove cgroup ", path);
  }
  if (self.st_dev != parent.st_dev)
    return Refuse(path, "is a hierarchy's root");
  return absl::OkStatus();
}

// False while something is in it or the kernel is still busy with it.
absl::StatusOr<bool> RemoveEmpty(const std::string& path) {
  trace::Span span("remove cgroup", path);
  if (rmdir(path.c_str()) == 0 || errno == ENOENT) return true;
  span.Fail(errno);
  if (errno == EBUSY || errno == ENOTEMPTY) return false;
  return sys::ErrnoError("remove cgroup ", path);
}

absl::StatusOr<bool> RemoveTreeOnce(const std::string& path) {
  CLEAT_ASSIGN_OR_RETURN(const std::vector<std::string> groups,
                         GroupsBottomUp(path));
  for (const std::string& group : groups) {
    CLEAT_ASSIGN_OR_RETURN(const bool removed, RemoveEmpty(group));
    if (!removed) return false;
  }
  return true;
}

absl::Status StillBusy(const std::string& path, absl::Duration timeout) {
  const std::vector<pid_t> left =
      Processes(path).value_or(std::vector<pid_t>());
  return absl::DeadlineExceededError(absl::StrCat(
      "remove cgroup ", path, ": still busy after ",
      absl::FormatDuration(timeout),
      left.empty() ? "" : "; in it are processes ", absl::StrJoin(left, ", ")));
}

absl::Status InUse(const std::string& path, const std::vector<pid_t>& pids) {
  return absl::FailedPreconditionError(absl::StrCat("remove cgroup ", path,
                                                    ": in it are processes ",
                                                    absl::StrJoin(pids, ", ")));
}

absl::Status CheckIsUnused(const std::string& path) {
  CLEAT_ASSIGN_OR_RETURN(const std::vector<pid_t> pids, Processes(path));
  return pids.empty() ? absl::OkStatus() : InUse(path, pids);
}

absl::Status KillIn(const std::string& path) { return Kill({path}, SIGKILL); }

// Calls `prepare` before each attempt to remove it.
absl::Status RemoveAfter(absl::Status (*prepare)(const std::string& path),
                         const std::string& path, absl::Duration timeout) {
  const absl::Time deadline = absl::Now() + timeout;
  absl::Duration pause = kFirstPause;
  while (true) {
    CLEAT_RETURN_IF_ERROR(prepare(path));
    CLEAT_ASSIGN_OR_RETURN(const bool removed, RemoveTreeOnce(path));
    if (removed) return absl::OkStatus();
    if (absl::Now() > deadline) return StillBusy(path, timeout);
    absl::SleepFor(pause);
    pause = std::min(2 * pause, kLongestPause);
  }
}

absl::Status RemoveOne(const std::string& path) {
  CLEAT_ASSIGN_OR_RETURN(const bool present, IsGroup(path));
  if (present) {
    CLEAT_ASSIGN_OR_RETURN(const bool removed, RemoveEmpty(path));
    if (!removed) {
      CLEAT_RETURN_IF_ERROR(CheckIsNoRoot(path));
      CLEAT_RETURN_IF_ERROR(RemoveAfter(KillIn, path, kPatience));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Remove(const std::vector<std::string>& directories) {
  absl::Status first;
  for (auto path = directories.rbegin(); path != directories.rend(); ++path) {
    first.Update(RemoveOne(*path));
  }
  return first;
}

absl::Status CheckRemovable(const std::vector<std::string>& directories) {
  for (const std::string& path : directories) {
    CLEAT_RETURN_IF_ERROR(IsGroup(path).status());
    CLEAT_RETURN_IF_ERROR(CheckIsNoRoot(path));
  }
  return absl::OkStatus();
}

absl::Status RemoveUnused(const std::vector<std::string>& directories,
                          absl::Duration timeout) {
  CLEAT_RETURN_IF_ERROR(CheckRemovable(directories));
  for (const std::string& path : directories) {
    CLEAT_RETURN_IF_ERROR(CheckIsUnused(path));
  }
  absl::Status first;
  for (auto path = directories.rbegin(); path != directories.rend(); ++path) {
    first.Update(RemoveAfter(CheckIsUnused, *path, timeout));
  }
  return first;
}

}  // namespace cleat::cgroup
