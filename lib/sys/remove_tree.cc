#include "lib/sys/remove_tree.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/sys/dir.h"
#include "lib/sys/errno.h"
#include "lib/sys/fd.h"
#include "lib/sys/file.h"

namespace cleat::sys {
namespace {

constexpr int kMaxDepth = 64;

// Removes the tree at `name`. What lies too deep is moved up to the top, where
// it begins again.
class Remover {
 public:
  Remover(int top, dev_t device) : top_(top), device_(device) {}

  // Removes all in `dir`; sets moved_ when something was moved to the top.
  absl::Status Empty(Fd fd, int depth);

  // Whether there is more at the top now.
  bool TakeMoved() { return std::exchange(moved_, false); }

 private:
  absl::Status Remove(int dir, const char* name, int depth);
  absl::Status RemoveDirectory(int dir, const char* name, int depth);
  absl::Status MoveToTop(int dir, const char* name);

  int top_;
  dev_t device_;
  int count_ = 0;
  bool moved_ = false;
};

absl::StatusOr<Fd> OpenDirectory(int dir, const char* name) {
  return OpenAt(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
}

absl::Status Remover::Empty(Fd fd, int depth) {
  CLEAT_ASSIGN_OR_RETURN(Dir dir,
                         ReadDirectory(std::move(fd), "to be removed"));
  while (const dirent* entry = readdir(dir.get())) {
    if (IsDotOrDotDot(entry->d_name)) continue;
    CLEAT_RETURN_IF_ERROR(Remove(dirfd(dir.get()), entry->d_name, depth));
  }
  return absl::OkStatus();
}

absl::Status Remover::Remove(int dir, const char* name, int depth) {
  if (unlinkat(dir, name, 0) == 0 || errno == ENOENT) return absl::OkStatus();
  if (errno != EISDIR) return ErrnoError("remove ", name);
  if (unlinkat(dir, name, AT_REMOVEDIR) == 0) return absl::OkStatus();
  if (depth >= kMaxDepth) return MoveToTop(dir, name);
  return RemoveDirectory(dir, name, depth);
}

absl::Status Remover::RemoveDirectory(int dir, const char* name, int depth) {
  CLEAT_ASSIGN_OR_RETURN(Fd fd, OpenDirectory(dir, name));
  struct stat info;
  if (fstat(fd.get(), &info) != 0) return ErrnoError("stat ", name);
  if (info.st_dev != device_) {
    return absl::FailedPreconditionError(absl::StrCat(
        "remove ", name, ": another file system is mounted there"));
  }
  CLEAT_RETURN_IF_ERROR(Empty(std::move(fd), depth + 1));
  if (unlinkat(dir, name, AT_REMOVEDIR) == 0) return absl::OkStatus();
  return ErrnoError("remove ", name);
}

absl::Status Remover::MoveToTop(int dir, const char* name) {
  moved_ = true;
  while (true) {
    const std::string to = absl::StrCat(".cleat-removed-", count_++);
    if (renameat2(dir, name, top_, to.c_str(), RENAME_NOREPLACE) == 0) {
      return absl::OkStatus();
    }
    if (errno != EEXIST) return ErrnoError("move ", name);
  }
}

}  // namespace

absl::Status RemoveTreeAt(int dir, const std::string& name) {
  if (unlinkat(dir, name.c_str(), 0) == 0 || errno == ENOENT) {
    return absl::OkStatus();
  }
  if (errno != EISDIR) return ErrnoError("remove ", name);
  CLEAT_ASSIGN_OR_RETURN(const Fd top, OpenDirectory(dir, name.c_str()));
  struct stat info;
  if (fstat(top.get(), &info) != 0) return ErrnoError("stat ", name);
  Remover remover(top.get(), info.st_dev);
  do {
    CLEAT_ASSIGN_OR_RETURN(Fd again, OpenDirectory(dir, name.c_str()));
    CLEAT_RETURN_IF_ERROR(remover.Empty(std::move(again), 0));
  } while (remover.TakeMoved());
  if (unlinkat(dir, name.c_str(), AT_REMOVEDIR) == 0 || errno == ENOENT) {
    return absl::OkStatus();
  }
  return ErrnoError("remove ", name);
}

absl::Status RemoveTree(const std::string& path) {
  return RemoveTreeAt(AT_FDCWD, path);
}

}  // namespace cleat::sys
