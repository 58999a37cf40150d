#include "lib/layer/overlay.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/layer/name.h"
#include "lib/sys/errno.h"
#include "lib/sys/fd.h"
#include "lib/sys/file.h"

namespace cleat::layer {
namespace {

const char* OpaqueXattr(const Form& form) {
  return form.user_xattrs ? "user.overlay.opaque" : "trusted.overlay.opaque";
}

absl::Status MakeOpaqueAt(int parent, const std::string& base,
                          const Form& form) {
  CLEAT_ASSIGN_OR_RETURN(
      const sys::Fd fd,
      sys::OpenAt(parent, base, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
  return MakeOpaque(fd.get(), form);
}

}  // namespace

bool IsWhiteout(int parent, const std::string& base) {
  struct stat info;
  return fstatat(parent, base.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0 &&
         S_ISCHR(info.st_mode) && info.st_rdev == makedev(0, 0);
}

absl::Status MakeWhiteout(int parent, const std::string& base,
                          const Form& form) {
  if (mknodat(parent, base.c_str(), S_IFCHR, makedev(0, 0)) == 0) {
    return absl::OkStatus();
  }
  if (errno == EPERM) {
    return absl::PermissionDeniedError(
        absl::StrCat("make whiteout ", Quoted(base),
                     ": not permitted (an overlay takes none: put the store on "
                     "another file system)"));
  }
  if (errno != EEXIST) return sys::ErrnoError("make whiteout ", Quoted(base));
  struct stat info;
  if (fstatat(parent, base.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) {
    return sys::ErrnoError("stat ", Quoted(base));
  }
  if (!S_ISDIR(info.st_mode)) return absl::OkStatus();
  return MakeOpaqueAt(parent, base, form);
}

absl::Status MakeOpaque(int directory, const Form& form) {
  const char* const xattr = OpaqueXattr(form);
  if (fsetxattr(directory, xattr, "y", 1, 0) == 0) return absl::OkStatus();
  return sys::ErrnoError("set ", xattr);
}

absl::Status ReplaceWhiteoutByDirectory(int parent, const std::string& base,
                                        const Form& form) {
  if (unlinkat(parent, base.c_str(), 0) != 0) {
    return sys::ErrnoError("remove whiteout ", Quoted(base));
  }
  if (mkdirat(parent, base.c_str(), 0755) != 0) {
    return sys::ErrnoError("make directory ", Quoted(base));
  }
  return MakeOpaqueAt(parent, base, form);
}

bool IsOverlayXattr(absl::string_view name) {
  return absl::StartsWith(name, "trusted.overlay.") ||
         absl::StartsWith(name, "user.overlay.") || name == kOwnerXattr;
}

}  // namespace cleat::layer
