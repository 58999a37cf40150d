#include "lib/cgroup/join.h"

#include <fcntl.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/base/trace.h"
#include "lib/cgroup/machine.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"

namespace cleat::cgroup {
namespace {

// On v1 a single thread moves itself through `tasks` without waiting for an
// RCU grace period.
const char* FileOf(const Hierarchy& hierarchy) {
  return hierarchy.unified ? "/cgroup.procs" : "/tasks";
}

bool IsMounted(const Machine& machine,
               const procfs::CgroupMembership& membership) {
  if (membership.unified()) return machine.Unified() != nullptr;
  return machine.Find(membership.controllers.front()) != nullptr;
}

absl::Status Move(int fd, const std::string& path) {
  trace::Span span("join cgroup", path);
  if (sys::RetryOnEintr([&] { return write(fd, "0", 1); }) >= 0) {
    return absl::OkStatus();
  }
  span.Fail(errno);
  return sys::ErrnoError("join cgroup ", path);
}

// The processes in a group cannot be asked: a list of v1 that is read while
// processes come and go may lack some.
absl::Status CheckArrived(const Groups& groups) {
  CLEAT_ASSIGN_OR_RETURN(const auto own, procfs::ReadCgroup());
  for (const procfs::CgroupMembership& wanted : groups.memberships) {
    for (const procfs::CgroupMembership& reached : own) {
      if (reached.hierarchy != wanted.hierarchy ||
          reached.path == wanted.path) {
        continue;
      }
      return absl::NotFoundError(
          absl::StrCat("join the cgroup of process ", groups.pid, ", ",
                       wanted.path, ": it is out of sight from here"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Groups> OpenGroupsOf(pid_t pid) {
  CLEAT_ASSIGN_OR_RETURN(const Machine machine,
                         FindMachine("", absl::StrCat(pid)));
  Groups groups;
  groups.pid = pid;
  CLEAT_ASSIGN_OR_RETURN(const auto memberships,
                         procfs::ReadCgroup("/proc", absl::StrCat(pid)));
  for (const procfs::CgroupMembership& membership : memberships) {
    if (IsMounted(machine, membership))
      groups.memberships.push_back(membership);
  }
  for (const Hierarchy& hierarchy : machine.hierarchies) {
    groups.paths.push_back(
        absl::StrCat(hierarchy.OwnDirectory(), FileOf(hierarchy)));
    CLEAT_ASSIGN_OR_RETURN(groups.files.emplace_back(),
                           sys::Open(groups.paths.back(), O_WRONLY));
  }
  return groups;
}

absl::Status JoinGroups(const Groups& groups) {
  for (size_t i = 0; i < groups.files.size(); ++i) {
    CLEAT_RETURN_IF_ERROR(Move(groups.files[i].get(), groups.paths[i]));
  }
  return CheckArrived(groups);
}

}  // namespace cleat::cgroup
