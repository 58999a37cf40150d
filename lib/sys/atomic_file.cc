#include "lib/sys/atomic_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"
#include "lib/sys/in_place.h"

namespace cleat::sys {

AtomicFile& AtomicFile::operator=(AtomicFile&& other) noexcept {
  path_.swap(other.path_);
  temporary_.swap(other.temporary_);
  std::swap(fd_, other.fd_);
  return *this;
}

AtomicFile::~AtomicFile() {
  if (!temporary_.empty()) unlink(temporary_.c_str());
}

absl::StatusOr<AtomicFile> AtomicFile::Create(const std::string& path,
                                              mode_t mode) {
  AtomicFile file;
  file.path_ = path;
  CLEAT_ASSIGN_OR_RETURN(file.fd_, OpenInPlace(path));
  if (file.fd_.valid()) return file;
  const std::string temporary = absl::StrCat(path, ".tmp.", getpid());
  CLEAT_ASSIGN_OR_RETURN(file.fd_,
                         Open(temporary, O_WRONLY | O_CREAT | O_EXCL, mode));
  file.temporary_ = temporary;
  return file;
}

absl::Status AtomicFile::Commit() {
  if (temporary_.empty()) return absl::OkStatus();
  if (fsync(fd_.get()) != 0) return ErrnoError("sync ", path_);
  if (rename(temporary_.c_str(), path_.c_str()) != 0) {
    return ErrnoError("rename ", temporary_, " to ", path_);
  }
  temporary_.clear();
  return absl::OkStatus();
}

}  // namespace cleat::sys
