#include "lib/copy/place.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "lib/base/status_macros.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"

namespace cleat::copy {
namespace {

// As many links as the kernel follows (path_resolution(7)).
constexpr int kMaxLinks = 40;
constexpr int kPlace = O_PATH | O_DIRECTORY;

// linux/magic.h has most of them.
constexpr uint32_t kMqueue = 0x19800202;
constexpr uint32_t kConfigfs = 0x62656570;
constexpr uint32_t kKernels[] = {
    PROC_SUPER_MAGIC, SYSFS_MAGIC,    CGROUP_SUPER_MAGIC, CGROUP2_SUPER_MAGIC,
    DEBUGFS_MAGIC,    TRACEFS_MAGIC,  SECURITYFS_MAGIC,   BPF_FS_MAGIC,
    PSTOREFS_MAGIC,   EFIVARFS_MAGIC, SELINUX_MAGIC,      DEVPTS_SUPER_MAGIC,
    BINFMTFS_MAGIC,   kMqueue,        kConfigfs,
};

absl::StatusOr<uint32_t> FileSystemType(int directory) {
  struct statfs info;
  if (fstatfs(directory, &info) != 0) return sys::ErrnoError("statfs");
  return static_cast<uint32_t>(info.f_type);
}

bool IsKernels(uint32_t type) {
  return std::find(std::begin(kKernels), std::end(kKernels), type) !=
         std::end(kKernels);
}

absl::StatusOr<sys::Fd> OpenDirectoryOf(const Side& side,
                                        const std::string& path) {
  if (!side.is_container()) {
    return sys::Open(path.empty() ? "/" : path, kPlace);
  }
  return sys::OpenResolved(side.root.get(), path.empty() ? "/" : path, kPlace,
                           RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
}

struct Split {
  std::string parent;
  std::string base;
};

// "a/b" to "a" and "b", "/b" to "/" and "b", "b" to "." and "b".
Split SplitPath(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return {".", path};
  return {slash == 0 ? "/" : path.substr(0, slash), path.substr(slash + 1)};
}

// The target of the link at the place; "" when it is no link.
std::string ReadLink(const Place& place) {
  char target[PATH_MAX];
  const ssize_t size = readlinkat(place.parent.get(), place.base.c_str(),
                                  target, sizeof(target));
  return std::string(target, static_cast<size_t>(std::max<ssize_t>(0, size)));
}

absl::StatusOr<Place> WholeDirectory(const Side& side,
                                     const std::string& path) {
  Place place;
  CLEAT_ASSIGN_OR_RETURN(place.parent, OpenDirectoryOf(side, path));
  place.kind = Kind::kDirectory;
  return place;
}

Kind KindOf(mode_t mode) {
  if (S_ISDIR(mode)) return Kind::kDirectory;
  return S_ISREG(mode) || S_ISLNK(mode) ? Kind::kOther : Kind::kSpecial;
}

absl::Status SetKind(const std::string& path, bool directory, Place* place) {
  struct stat info;
  if (fstatat(place->parent.get(), place->base.c_str(), &info,
              AT_SYMLINK_NOFOLLOW) != 0) {
    if (errno != ENOENT) return sys::ErrnoError("stat ", path);
    place->kind = Kind::kAbsent;
    return absl::OkStatus();
  }
  place->kind = KindOf(info.st_mode);
  if (!directory || place->kind == Kind::kDirectory) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat(path, ": it is not a directory"));
}

}  // namespace

Path ParsePath(absl::string_view text) {
  Path path;
  absl::string_view rest = text;
  while (rest.size() > 1 || rest == "/") {
    if (absl::ConsumeSuffix(&rest, "/.")) {
      path.contents = true;
    } else if (!absl::ConsumeSuffix(&rest, "/")) {
      break;
    }
    path.directory = true;
  }
  path.text = std::string(rest);
  if (path.text.empty() || path.text == ".") path.contents = true;
  return path;
}

absl::StatusOr<Place> FindPlace(const Side& side, const Path& path,
                                bool follow) {
  std::string text = path.text;
  for (int links = 0; links < kMaxLinks; ++links) {
    const Split split = SplitPath(text);
    if (split.base.empty() || split.base == "." || split.base == "..") {
      return WholeDirectory(side, text);
    }
    Place place;
    place.base = split.base;
    CLEAT_ASSIGN_OR_RETURN(place.parent, OpenDirectoryOf(side, split.parent));
    const std::string target =
        follow || path.directory ? ReadLink(place) : std::string();
    if (target.empty()) {
      CLEAT_RETURN_IF_ERROR(SetKind(path.text, path.directory, &place));
      return place;
    }
    text = ParsePath(absl::StartsWith(target, "/")
                         ? target
                         : absl::StrCat(split.parent, "/", target))
               .text;
  }
  return absl::FailedPreconditionError(
      absl::StrCat(path.text, ": too many symbolic links"));
}

absl::StatusOr<sys::Fd> OpenDirectory(const Place& place) {
  return sys::OpenAt(place.parent.get(), place.base.empty() ? "." : place.base,
                     kPlace | O_NOFOLLOW);
}

absl::Status CheckNoKernelFile(int directory, absl::string_view name) {
  CLEAT_ASSIGN_OR_RETURN(const uint32_t type, FileSystemType(directory));
  if (!IsKernels(type)) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat(name,
                   ": it is one of the kernel's own files (procfs, sysfs, …), "
                   "which cannot be copied"));
}

bool IsNoStorage(int directory) {
  const absl::StatusOr<uint32_t> type = FileSystemType(directory);
  return type.ok() && (IsKernels(*type) || *type == TMPFS_MAGIC);
}

}  // namespace cleat::copy
