#include "lib/layer/attributes.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "absl/functional/function_ref.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "lib/base/status_macros.h"
#include "lib/layer/name.h"
#include "lib/layer/overlay.h"
#include "lib/sys/errno.h"

namespace cleat::layer {
namespace {

// What is made belongs to us; most entries belong to root, as we do.
bool NeedsOwner(const tar::Entry& entry, const Form& form) {
  return !form.squash && (entry.uid != form.uid || entry.gid != form.gid);
}

// Whether a file may be asked for with the mode that it is to have.
bool GivesModes(const Form& form) { return form.withheld != 0777; }

// Whether a file that was asked for with ModeToAskFor has its mode already: a
// system call less for nearly every file.
bool HasMode(const tar::Entry& entry, const Form& form) {
  return entry.type == tar::Type::kFile && GivesModes(form) &&
         entry.mode <= 0777 && (entry.mode & form.withheld) == 0;
}

absl::Status OwnerError(const tar::Entry& entry) {
  const int error = errno;
  const absl::Status status =
      sys::ErrnoError("change owner to ", entry.uid, ":", entry.gid);
  if (error != EINVAL) return status;
  return absl::Status(
      status.code(),
      absl::StrCat(status.message(),
                   " (the id map of the user namespace lacks it: a longer "
                   "range in /etc/subuid and /etc/subgid, and a new store)"));
}

absl::Status KeepOwner(int fd, const tar::Entry& entry,
                       absl::string_view device) {
  const std::string value =
      absl::StrFormat("%d:%d:0%o%s", entry.uid, entry.gid, entry.mode, device);
  if (fsetxattr(fd, kOwnerXattr, value.data(), value.size(), 0) == 0) {
    return absl::OkStatus();
  }
  return sys::ErrnoError("set ", kOwnerXattr);
}

// Attributes that may be lost, as with Docker: a file system keeps those of
// `user.` or not, and labels are the host's policy.
bool MayBeSkipped(const tar::Xattr& xattr, int error) {
  if (error == ENOTSUP) return xattr.name != "security.capability";
  // `trusted.` ones are for root of the machine alone.
  return error == EPERM && xattr.name != "security.capability" &&
         (absl::StartsWith(xattr.name, "security.") ||
          absl::StartsWith(xattr.name, "trusted."));
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
                        const tar::Entry& entry, const Form& form) {
  if (!NeedsOwner(entry, form)) return absl::OkStatus();
  if (fchownat(parent, base.c_str(), entry.uid, entry.gid,
               AT_SYMLINK_NOFOLLOW) == 0) {
    return absl::OkStatus();
  }
  return OwnerError(entry);
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

uint32_t ModeToAskFor(const tar::Entry& entry, const Form& form) {
  return GivesModes(form) ? entry.mode & 0777 : 0600;
}

absl::Status SetAttributes(int fd, const tar::Entry& entry, const Form& form,
                           int* skipped_xattrs) {
  if (NeedsOwner(entry, form) && fchown(fd, entry.uid, entry.gid) != 0) {
    return OwnerError(entry);
  }
  if (form.squash && (entry.uid != 0 || entry.gid != 0)) {
    CLEAT_RETURN_IF_ERROR(KeepOwner(fd, entry, ""));
  }
  if (!HasMode(entry, form) && fchmod(fd, entry.mode) != 0) {
    return sys::ErrnoError("change mode");
  }
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
                             const tar::Entry& entry, const Form& form,
                             int* skipped_xattrs) {
  CLEAT_RETURN_IF_ERROR(SetOwnerAt(parent, base, entry, form));
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

absl::Status SetDeviceStandIn(int fd, const tar::Entry& device,
                              const Form& form, int* skipped_xattrs) {
  CLEAT_RETURN_IF_ERROR(SetAttributes(fd, device, form, skipped_xattrs));
  const char* type = device.type == tar::Type::kCharDevice ? "char" : "block";
  CLEAT_RETURN_IF_ERROR(
      KeepOwner(fd, device,
                absl::StrCat(":", type, "-", device.major, "-", device.minor)));
  const struct timespec times[2] = {device.mtime, device.mtime};
  return futimens(fd, times) == 0 ? absl::OkStatus()
                                  : sys::ErrnoError("set time");
}

}  // namespace cleat::layer
