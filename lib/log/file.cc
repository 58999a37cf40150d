#include "lib/log/file.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"

namespace cleat::log {
namespace {

constexpr int kFlags = O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW;
constexpr mode_t kMode = 0640;

}  // namespace

absl::StatusOr<File> File::Open(const std::string& path,
                                const Options& options) {
  File file;
  file.path_ = path;
  file.options_ = options;
  CLEAT_ASSIGN_OR_RETURN(file.fd_, sys::Open(path, kFlags, kMode));
  struct stat info;
  if (fstat(file.fd_.get(), &info) != 0) return sys::ErrnoError("stat ", path);
  file.size_ = info.st_size;
  return file;
}

absl::Status File::Append(absl::string_view object) {
  if (options_.max_size > 0 && size_ >= options_.max_size) {
    CLEAT_RETURN_IF_ERROR(Rotate());
  }
  CLEAT_RETURN_IF_ERROR(sys::WriteAll(fd_.get(), object, path_));
  size_ += static_cast<int64_t>(object.size());
  return absl::OkStatus();
}

// The new file takes the old one's place by a rename, after the old one has
// got its next name as a second one.
absl::Status File::Rotate() {
  const int last = options_.max_files - 1;
  for (int number = last; number > 1; --number) {
    const std::string from = Numbered(number - 1);
    if (rename(from.c_str(), Numbered(number).c_str()) != 0 &&
        errno != ENOENT) {
      return sys::ErrnoError("rename ", from);
    }
  }
  if (last > 0) {
    const std::string previous = Numbered(1);
    unlink(previous.c_str());
    if (link(path_.c_str(), previous.c_str()) != 0) {
      return sys::ErrnoError("link ", previous);
    }
  }
  const std::string next = absl::StrCat(path_, ".new");
  CLEAT_ASSIGN_OR_RETURN(sys::Fd fd, sys::Open(next, kFlags | O_TRUNC, kMode));
  if (rename(next.c_str(), path_.c_str()) != 0) {
    return sys::ErrnoError("rename ", next);
  }
  fd_ = std::move(fd);
  size_ = 0;
  return absl::OkStatus();
}

std::string File::Numbered(int number) const {
  return absl::StrCat(path_, ".", number);
}

}  // namespace cleat::log
