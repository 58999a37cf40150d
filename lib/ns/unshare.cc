#include "lib/ns/unshare.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "lib/base/trace.h"
#include "lib/ns/kinds.h"
#include "lib/procfs/id_map.h"
#include "lib/procfs/status.h"
#include "lib/sys/file.h"

namespace cleat::ns {
namespace {

// The value of a sysctl, "" where there is none.
std::string Sysctl(absl::string_view path) {
  const std::string text =
      sys::ReadFile(absl::StrCat("/proc/sys/", path)).value_or("");
  return std::string(absl::StripAsciiWhitespace(text));
}

// ENOSPC, EUSERS: a limit per user namespace and kind, or the depth.
std::string LimitCure(uint64_t flags) {
  for (const Kind& kind : kKinds) {
    const std::string name = absl::StrCat("max_", kind.file, "_namespaces");
    if ((flags & kind.flag) != 0 &&
        Sysctl(absl::StrCat("user/", name)) == "0") {
      return absl::StrCat("sysctl user.", name, " is 0: none may be made");
    }
  }
  return "a limit of /proc/sys/user/max_*_namespaces is reached, or user or "
         "pid namespaces are 32 deep";
}

// Whether children go to another PID namespace already, which can be said only
// once (pid_namespaces(7)).
bool ChildrenLeavePidNamespace() {
  struct stat own, children;
  return stat("/proc/self/ns/pid", &own) == 0 &&
         (stat("/proc/self/ns/pid_for_children", &children) != 0 ||
          own.st_ino != children.st_ino);
}

// EINVAL: a kind that was not compiled in has no file.
std::string InvalidCure(uint64_t flags) {
  for (const Kind& kind : kKinds) {
    if ((flags & kind.flag) != 0 &&
        !sys::Exists(absl::StrCat("/proc/self/ns/", kind.file))) {
      return absl::StrCat("this kernel has no ", kind.name, " namespaces");
    }
  }
  if ((flags & CLONE_NEWPID) != 0 && ChildrenLeavePidNamespace()) {
    return "the caller has one for its children already: a child can make "
           "another, --fork";
  }
  return "";
}

// Whether "/" is not the root of the mount namespace, where no user namespace
// can be made: it is no mount point, or not what process 1 has for a root.
bool InChroot() {
  struct statx info;
  if (statx(AT_FDCWD, "/", 0, STATX_BASIC_STATS, &info) == 0 &&
      (info.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT) != 0 &&
      (info.stx_attributes & STATX_ATTR_MOUNT_ROOT) == 0) {
    return true;
  }
  struct stat root, first;
  return stat("/", &root) == 0 && stat("/proc/1/root", &first) == 0 &&
         (root.st_dev != first.st_dev || root.st_ino != first.st_ino);
}

// Who has no id in his user namespace makes none (user_namespaces(7)).
bool HasId(absl::string_view map_file, uint32_t id) {
  const auto map = procfs::ReadIdMap(map_file);
  return !map.ok() || procfs::MapOut(*map, id).has_value();
}

bool IsFiltered() {
  const auto status = procfs::ReadStatus();
  return status.ok() && status->seccomp != 0;
}

std::string PermissionCure(uint64_t flags) {
  if ((flags & CLONE_NEWUSER) == 0) {
    return "CAP_SYS_ADMIN is needed, which a new user namespace gives";
  }
  if (Sysctl("kernel/unprivileged_userns_clone") == "0") {
    return "sysctl kernel.unprivileged_userns_clone=1 allows it";
  }
  if (Sysctl("kernel/apparmor_restrict_unprivileged_userns") == "1") {
    return "sysctl kernel.apparmor_restrict_unprivileged_userns=0 allows it";
  }
  if (InChroot()) return "the kernel makes no user namespace in a chroot";
  if (!HasId("uid_map", geteuid()) || !HasId("gid_map", getegid())) {
    return "the user namespace around this has no id for its user or group: "
           "give it one in /proc/self/uid_map and gid_map";
  }
  if (IsFiltered()) {
    return "a system call filter around this may forbid it: "
           "--security-opt=seccomp=unconfined there lets it pass";
  }
  return "a security module forbids it, or this is in a chroot";
}

std::string Cure(uint64_t flags, int error) {
  switch (error) {
    case ENOSPC:
    case EUSERS:
      return LimitCure(flags);
    case EINVAL:
      return InvalidCure(flags);
    case EPERM:
      return PermissionCure(flags);
    default:
      return "";
  }
}

}  // namespace

absl::Status Unshare(uint64_t flags) {
  if (flags == 0) return absl::OkStatus();
  const std::string names = KindNames(flags);
  trace::Span span("unshare", names);
  if (unshare(static_cast<int>(flags)) == 0) return absl::OkStatus();
  const int error = errno;
  span.Fail(error);
  return CreationError(flags, error);
}

absl::Status CreationError(uint64_t flags, int error) {
  const absl::Status status = absl::ErrnoToStatus(
      error, absl::StrCat("unshare failed: ", KindNames(flags)));
  const std::string cure = Cure(flags, error);
  if (cure.empty()) return status;
  return absl::Status(status.code(),
                      absl::StrCat(status.message(), " (", cure, ")"));
}

}  // namespace cleat::ns
