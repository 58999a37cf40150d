#include "lib/mount/idmapped.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <unistd.h>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/base/trace.h"
#include "lib/ns/write_id_maps.h"
#include "lib/sys/clone.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"
#include "lib/sys/pidfd.h"

namespace cleat::mount {
namespace {

// What the kernel's fs/namespace.c (can_idmap_mount, build_mount_idmapped)
// means by it.
const char* ReasonOf(int error) {
  switch (error) {
    case EINVAL:
      return "its file system does not take part in idmapped mounts on this "
             "kernel, or it is idmapped already";
    case EPERM:
      return "this takes CAP_SYS_ADMIN over its file system";
    case ENOSYS:
      return "idmapped mounts need Linux 5.12";
    default:
      return nullptr;
  }
}

}  // namespace

absl::StatusOr<sys::Fd> MakeIdMapNamespace(const ns::IdMap& users,
                                           const ns::IdMap& groups) {
  trace::Span span("make user namespace", "of an idmapped mount");
  CLEAT_ASSIGN_OR_RETURN(const sys::ChildProcess child,
                         sys::Clone({CLONE_NEWUSER, -1}, [] {
                           while (true) pause();
                         }));
  const auto end = absl::MakeCleanup([&] {
    sys::SendSignal(child.pidfd.get(), SIGKILL).IgnoreError();
    sys::WaitForExit(child.pidfd.get()).status().IgnoreError();
  });
  CLEAT_RETURN_IF_ERROR(ns::WriteIdMaps(
      child.pid, ns::IdMaps{users, groups, ns::SetGroups::kUnchanged}));
  return sys::Open(absl::StrCat("/proc/", child.pid, "/ns/user"), O_RDONLY);
}

absl::Status SetIdMap(int mount, int user_namespace, bool recursive) {
  struct mount_attr attributes = {};
  attributes.attr_set = MOUNT_ATTR_IDMAP;
  attributes.userns_fd = static_cast<uint64_t>(user_namespace);
  const unsigned int flags =
      AT_EMPTY_PATH | (recursive ? unsigned{AT_RECURSIVE} : 0);
  if (mount_setattr(mount, "", flags, &attributes, sizeof(attributes)) == 0) {
    return absl::OkStatus();
  }
  const char* const reason = ReasonOf(errno);
  if (reason == nullptr) return sys::ErrnoError("set id map");
  return absl::FailedPreconditionError(absl::StrCat("set id map: ", reason));
}

}  // namespace cleat::mount
