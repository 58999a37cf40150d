#include "lib/cgstat/group_files.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"

namespace cleat::cgstat {
namespace {

constexpr size_t kFirstBuffer = size_t{8} << 10;
constexpr size_t kFileLimit = size_t{16} << 20;
// Of so many files on opening their directory first pays.
constexpr size_t kManyFiles = 2;

// What a kernel that does not have the file, or a group that has just gone,
// says: it is left out.
bool MeansAbsent(int error) {
  return error == ENOENT || error == ENODEV || error == EOPNOTSUPP;
}

}  // namespace

absl::StatusOr<int> GroupFiles::OpenParent(const cgroup::Hierarchy* hierarchy,
                                           absl::string_view path) {
  const auto known = std::find_if(
      parents_.begin(), parents_.end(),
      [&](const Parent& parent) { return parent.hierarchy == hierarchy; });
  if (known != parents_.end() && known->path == path) return known->fd.get();
  Parent parent = {hierarchy, std::string(path), {}};
  CLEAT_ASSIGN_OR_RETURN(parent.fd,
                         sys::Open(parent.path, O_PATH | O_DIRECTORY));
  if (known == parents_.end()) {
    return parents_.emplace_back(std::move(parent)).fd.get();
  }
  *known = std::move(parent);
  return known->fd.get();
}

absl::Status GroupFiles::Enter(const GroupDirectory& directory, size_t count) {
  const absl::string_view path = directory.path;
  const size_t slash = path.rfind('/');
  own_.Reset();
  name_ = std::string(path.substr(slash + 1));
  CLEAT_ASSIGN_OR_RETURN(
      parent_, OpenParent(directory.hierarchy, path.substr(0, slash)));
  if (count >= kManyFiles) {
    CLEAT_ASSIGN_OR_RETURN(own_,
                           sys::OpenAt(parent_, name_, O_PATH | O_DIRECTORY));
  }
  return absl::OkStatus();
}

absl::StatusOr<absl::optional<absl::string_view>> GroupFiles::Read(
    const std::string& name) {
  const sys::Fd fd(own_.valid()
                       ? openat(own_.get(), name.c_str(), O_RDONLY | O_CLOEXEC)
                       : openat(parent_, absl::StrCat(name_, "/", name).c_str(),
                                O_RDONLY | O_CLOEXEC));
  if (!fd.valid() && MeansAbsent(errno)) return absl::nullopt;
  if (!fd.valid()) return absl::ErrnoToStatus(errno, "open");
  return ReadOpened(fd.get());
}

absl::StatusOr<absl::optional<absl::string_view>> GroupFiles::ReadOpened(
    int fd) {
  size_t length = 0;
  while (true) {
    if (length == buffer_.size()) {
      if (length >= kFileLimit) {
        return absl::ResourceExhaustedError("read: it is too long");
      }
      buffer_.resize(std::max(2 * length, kFirstBuffer));
    }
    const ssize_t count = sys::RetryOnEintr(
        [&] { return read(fd, &buffer_[length], buffer_.size() - length); });
    if (count < 0 && MeansAbsent(errno)) return absl::nullopt;
    if (count < 0) return absl::ErrnoToStatus(errno, "read");
    length += static_cast<size_t>(count);
    // The kernel writes such a file in one go: what leaves room is the end.
    if (length < buffer_.size()) {
      return absl::string_view(buffer_.data(), length);
    }
  }
}

}  // namespace cleat::cgstat
