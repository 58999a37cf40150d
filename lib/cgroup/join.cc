#include "lib/cgroup/join.h"

#include <fcntl.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "lib/base/status_macros.h"
#include "lib/base/trace.h"
#include "lib/cgroup/machine.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"

namespace cleat::cgroup {
namespace {

// Whether the process is where its path and our mount seem to lead.
absl::StatusOr<bool> HasProcess(const std::string& directory, pid_t pid) {
  CLEAT_ASSIGN_OR_RETURN(
      const std::string text,
      sys::ReadFile(absl::StrCat(directory, "/cgroup.procs")));
  const std::string wanted = absl::StrCat(pid);
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    if (line == wanted) return true;
  }
  return false;
}

// On v1 a single thread moves itself through `tasks` without waiting for an
// RCU grace period.
const char* FileOf(const Hierarchy& hierarchy) {
  return hierarchy.unified ? "/cgroup.procs" : "/tasks";
}

}  // namespace

absl::StatusOr<std::vector<GroupFile>> OpenGroupsOf(pid_t pid) {
  CLEAT_ASSIGN_OR_RETURN(const Machine machine,
                         FindMachine("", absl::StrCat(pid)));
  std::vector<GroupFile> files;
  for (const Hierarchy& hierarchy : machine.hierarchies) {
    const std::string directory = hierarchy.OwnDirectory();
    CLEAT_ASSIGN_OR_RETURN(const bool there, HasProcess(directory, pid));
    if (!there) {
      return absl::NotFoundError(
          absl::StrCat("find the cgroup of process ", pid, " below ",
                       hierarchy.mount, ": it is out of sight from here"));
    }
    GroupFile file;
    file.path = absl::StrCat(directory, FileOf(hierarchy));
    CLEAT_ASSIGN_OR_RETURN(file.fd, sys::Open(file.path, O_WRONLY));
    files.push_back(std::move(file));
  }
  return files;
}

absl::Status JoinGroups(const std::vector<GroupFile>& files) {
  for (const GroupFile& file : files) {
    trace::Span span("join cgroup", file.path);
    const ssize_t written =
        sys::RetryOnEintr([&] { return write(file.fd.get(), "0", 1); });
    if (written >= 0) continue;
    span.Fail(errno);
    return sys::ErrnoError("join cgroup ", file.path);
  }
  return absl::OkStatus();
}

}  // namespace cleat::cgroup
