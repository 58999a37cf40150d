#include "lib/diff/attributes.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "lib/base/status_macros.h"
#include "lib/diff/owner_text.h"
#include "lib/layer/overlay.h"
#include "lib/sys/errno.h"
#include "lib/tar/stat_entry.h"

namespace cleat::diff {
namespace {

using absl::string_view;

bool IsPacked(string_view xattr) {
  return (xattr == "security.capability" || absl::StartsWith(xattr, "user.")) &&
         !layer::IsOverlayXattr(xattr);
}

absl::StatusOr<std::string> ReadXattr(const std::string& path,
                                      const std::string& name) {
  std::string value(256, '\0');
  ssize_t size = lgetxattr(path.c_str(), name.c_str(), &value[0], value.size());
  if (size < 0 && errno == ERANGE) {
    value.resize(XATTR_SIZE_MAX);
    size = lgetxattr(path.c_str(), name.c_str(), &value[0], value.size());
  }
  if (size < 0) return sys::ErrnoError("read xattr ", name);
  value.resize(static_cast<size_t>(size));
  return value;
}

// overlayfs's words that say that the file is not all here.
absl::Status CheckOverlayXattr(string_view name, const layer::Form& form) {
  const string_view prefix =
      form.user_xattrs ? "user.overlay." : "trusted.overlay.";
  if (!absl::StartsWith(name, prefix)) return absl::OkStatus();
  const string_view word = name.substr(prefix.size());
  if (word != "redirect" && word != "metacopy") return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("it has ", name,
                   ": its content is in another layer under another name "
                   "(mount the overlay with redirect_dir=off,metacopy=off)"));
}

absl::Status TakeXattr(const std::string& path, const std::string& name,
                       const layer::Form& form, tar::Entry* entry) {
  CLEAT_RETURN_IF_ERROR(CheckOverlayXattr(name, form));
  const bool owner = form.user_xattrs && name == layer::kOwnerXattr;
  if (!owner && !IsPacked(name)) return absl::OkStatus();
  CLEAT_ASSIGN_OR_RETURN(std::string value, ReadXattr(path, name));
  if (owner) return TakeOwner(value, entry);
  entry->xattrs.push_back({name, std::move(value)});
  return absl::OkStatus();
}

absl::Status TakeXattrs(const std::string& path, const layer::Form& form,
                        tar::Entry* entry) {
  char list[4096];
  std::string long_list;
  char* names = list;
  ssize_t size = llistxattr(path.c_str(), list, sizeof(list));
  if (size < 0 && errno == ERANGE) {
    long_list.resize(XATTR_LIST_MAX);
    names = &long_list[0];
    size = llistxattr(path.c_str(), names, long_list.size());
  }
  if (size < 0 && errno == ENOTSUP) return absl::OkStatus();
  if (size < 0) return sys::ErrnoError("list xattrs");
  const string_view text(names, static_cast<size_t>(size));
  for (const string_view name : absl::StrSplit(text, '\0', absl::SkipEmpty())) {
    CLEAT_RETURN_IF_ERROR(TakeXattr(path, std::string(name), form, entry));
  }
  std::sort(
      entry->xattrs.begin(), entry->xattrs.end(),
      [](const tar::Xattr& a, const tar::Xattr& b) { return a.name < b.name; });
  return absl::OkStatus();
}

bool SameTime(const struct timespec& a, const struct timespec& b) {
  return a.tv_sec == b.tv_sec &&
         (a.tv_nsec == b.tv_nsec || a.tv_nsec == 0 || b.tv_nsec == 0);
}

bool SameXattrs(const std::vector<tar::Xattr>& a,
                const std::vector<tar::Xattr>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const tar::Xattr& x, const tar::Xattr& y) {
                      return x.name == y.name && x.value == y.value;
                    });
}

bool SameInode(const struct stat& a, const struct stat& b) {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

}  // namespace

absl::StatusOr<Attributes> ReadAttributes(int parent, const std::string& base,
                                          const layer::Form& form) {
  Attributes attributes;
  struct stat& info = attributes.info;
  if (fstatat(parent, base.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) {
    return sys::ErrnoError("stat");
  }
  attributes.entry = tar::StatEntry(info);
  attributes.is_socket = S_ISSOCK(info.st_mode);
  CLEAT_RETURN_IF_ERROR(
      TakeXattrs(absl::StrCat("/proc/self/fd/", parent, "/", base), form,
                 &attributes.entry));
  if (!S_ISLNK(info.st_mode)) return attributes;
  char target[PATH_MAX];
  const ssize_t size = readlinkat(parent, base.c_str(), target, sizeof(target));
  if (size < 0) return sys::ErrnoError("read link");
  attributes.entry.link.assign(target, static_cast<size_t>(size));
  return attributes;
}

uint32_t Compare(const Attributes& a, const Attributes& b) {
  if (SameInode(a.info, b.info)) return 0;
  const tar::Entry& x = a.entry;
  const tar::Entry& y = b.entry;
  if (x.type != y.type) return kType;
  const auto bit = [](bool differs, Difference difference) {
    return differs ? static_cast<uint32_t>(difference) : 0;
  };
  return bit(x.mode != y.mode, kMode) |
         bit(x.uid != y.uid || x.gid != y.gid, kOwner) |
         bit(!SameTime(x.mtime, y.mtime), kTime) |
         bit(x.major != y.major || x.minor != y.minor, kDevice) |
         bit(x.link != y.link, kLink) |
         bit(!SameXattrs(x.xattrs, y.xattrs), kXattrs) |
         bit(x.size != y.size, kContent);
}

bool MayDifferInContent(const Attributes& a, const Attributes& b) {
  const struct timespec& x = a.entry.mtime;
  const struct timespec& y = b.entry.mtime;
  return !SameInode(a.info, b.info) &&
         (x.tv_sec != y.tv_sec || x.tv_nsec != y.tv_nsec || x.tv_nsec == 0);
}

}  // namespace cleat::diff
