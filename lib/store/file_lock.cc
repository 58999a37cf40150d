#include "lib/store/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"

namespace cleat::store {
namespace {

int Operation(LockMode mode) {
  return mode == LockMode::kShared ? LOCK_SH : LOCK_EX;
}

absl::Status Flock(int fd, int operation, const std::string& path) {
  if (sys::RetryOnEintr([&] { return flock(fd, operation); }) == 0) {
    return absl::OkStatus();
  }
  if (errno == EWOULDBLOCK) {
    return absl::UnavailableError(
        absl::StrCat("lock ", path, ": it is in use"));
  }
  return sys::ErrnoError("lock ", path);
}

absl::StatusOr<sys::Fd> OpenAndLock(const std::string& path, int operation) {
  CLEAT_ASSIGN_OR_RETURN(sys::Fd fd, sys::Open(path, O_RDONLY | O_NOFOLLOW));
  CLEAT_RETURN_IF_ERROR(Flock(fd.get(), operation, path));
  return fd;
}

// Whether the last holder has removed the file that `fd` has open.
bool IsRemoved(int fd) {
  struct stat info;
  return fstat(fd, &info) == 0 && info.st_nlink == 0;
}

}  // namespace

absl::StatusOr<sys::Fd> LockFile(const std::string& path, LockMode mode) {
  return OpenAndLock(path, Operation(mode));
}

absl::StatusOr<sys::Fd> TryLockFile(const std::string& path, LockMode mode) {
  return OpenAndLock(path, Operation(mode) | LOCK_NB);
}

NamedLock::NamedLock(std::string path, sys::Fd fd)
    : path_(std::move(path)), fd_(std::move(fd)) {}

absl::StatusOr<NamedLock> NamedLock::Acquire(std::string path) {
  while (true) {
    CLEAT_ASSIGN_OR_RETURN(
        sys::Fd fd, sys::Open(path, O_RDONLY | O_CREAT | O_NOFOLLOW, 0600));
    CLEAT_RETURN_IF_ERROR(Flock(fd.get(), LOCK_EX, path));
    if (!IsRemoved(fd.get())) return NamedLock(std::move(path), std::move(fd));
  }
}

// Those who wait for the lock find the file removed, and make it again.
NamedLock::~NamedLock() {
  if (fd_.valid()) unlink(path_.c_str());
}

}  // namespace cleat::store
