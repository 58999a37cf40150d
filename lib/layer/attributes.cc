#include "lib/layer/attributes.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "absl/functional/function_ref.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/layer/name.h"
#include "lib/layer/overlay.h"
#include "lib/sys/errno.h"

namespace cleat::layer {
namespace {

// What is made belongs to us; most entries belong to root, as we do.
bool IsOurs(const tar::Entry& entry) {
  return entry.uid == geteuid() && entry.gid == getegid();
}

// Attributes that may be lost, as with Docker: a file system keeps those of
// `user.` or not, and labels are the host's policy.
bool MayBeSkipped(const tar::Xattr& xattr, int error) {
  if (error == ENOTSUP) return xattr.name != "security.capability";
  return error == EPERM && absl::StartsWith(xattr.name, "security.") &&
         xattr.name != "security.capability";
}

using Set = absl::FunctionRef<int(const tar::Xattr& xattr)>;

absl::Status SetXattrs(const tar::Entry& entry, Set set, int* skipped) {
  for (const tar::Xattr& xattr : entry.xattrs) {
    if (IsOverlayXattr(xattr.name) || set(xattr) == 0) continue;
    if (!MayBeSkipped(xattr, errno)) {
      return sys::ErrnoError("set xattr ", Quoted(xattr.name));
    }
    ++*skipped;
  }
  return absl::OkStatus();
}

absl::Status SetOwnerAt(int parent, const std::string& base,
                        const tar::Entry& entry) {
  if (IsOurs(entry)) return absl::OkStatus();
  if (fchownat(parent, base.c_str(), entry.uid, entry.gid,
               AT_SYMLINK_NOFOLLOW) == 0) {
    return absl::OkStatus();
  }
  return sys::ErrnoError("change owner to ", entry.uid, ":", entry.gid);
}

absl::Status SetXattrsAt(int parent, const std::string& base,
                         const tar::Entry& entry, int* skipped) {
  if (entry.xattrs.empty()) return absl::OkStatus();
  // setxattrat(2) is as new as Linux 6.13.
  const std::string path = absl::StrCat("/proc/self/fd/", parent, "/", base);
  return SetXattrs(
      entry,
      [&path](const tar::Xattr& xattr) {
        return lsetxattr(path.c_str(), xattr.name.c_str(), xattr.value.data(),
                         xattr.value.size(), 0);
      },
      skipped);
}

}  // namespace

absl::Status SetAttributes(int fd, const tar::Entry& entry,
                           int* skipped_xattrs) {
  if (!IsOurs(entry) && fchown(fd, entry.uid, entry.gid) != 0) {
    return sys::ErrnoError("change owner to ", entry.uid, ":", entry.gid);
  }
  if (fchmod(fd, entry.mode) != 0) return sys::ErrnoError("change mode");
  CLEAT_RETURN_IF_ERROR(SetXattrs(
      entry,
      [fd](const tar::Xattr& xattr) {
        return fsetxattr(fd, xattr.name.c_str(), xattr.value.data(),
                         xattr.value.size(), 0);
      },
      skipped_xattrs));
  const struct timespec times[2] = {entry.mtime, entry.mtime};
  if (futimens(fd, times) != 0) return sys::ErrnoError("set time");
  return absl::OkStatus();
}

absl::Status SetAttributesAt(int parent, const std::string& base,
                             const tar::Entry& entry, int* skipped_xattrs) {
  CLEAT_RETURN_IF_ERROR(SetOwnerAt(parent, base, entry));
  if (entry.type != tar::Type::kSymlink &&
      fchmodat(parent, base.c_str(), entry.mode, 0) != 0) {
    return sys::ErrnoError("change mode");
  }
  CLEAT_RETURN_IF_ERROR(SetXattrsAt(parent, base, entry, skipped_xattrs));
  const struct timespec times[2] = {entry.mtime, entry.mtime};
  if (utimensat(parent, base.c_str(), times, AT_SYMLINK_NOFOLLOW) != 0) {
    return sys::ErrnoError("set time");
  }
  return absl::OkStatus();
}

}  // namespace cleat::layer
