#include "lib/store/tree_size.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/status_macros.h"
#include "lib/sys/dir.h"
#include "lib/sys/errno.h"
#include "lib/sys/fd.h"
#include "lib/sys/file.h"

namespace cleat::store {
namespace {

constexpr int kFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW;

using Inode = std::pair<dev_t, ino_t>;

// Goes down by names and up by "..", and so has two descriptors however deep
// it is.
class Measure {
 public:
  explicit Measure(const std::string& directory) : directory_(directory) {}

  absl::StatusOr<int64_t> Run();

 private:
  // A directory and those in it which are still to be measured.
  struct Level {
    Inode inode;
    std::vector<std::string> left;
  };

  absl::Status Enter(sys::Fd fd);
  absl::Status Leave();
  absl::Status AddEntry(const char* name, Level& level);
  absl::StatusOr<Inode> InodeOf(const sys::Fd& fd) const;
  absl::Status Error(absl::string_view step, absl::string_view name) const;

  const std::string& directory_;
  int64_t size_ = 0;
  // The last of the levels.
  sys::Fd current_;
  std::vector<Level> levels_;
  // Files with several names.
  absl::flat_hash_set<Inode> seen_;
};

absl::Status Measure::Error(absl::string_view step,
                            absl::string_view name) const {
  return sys::ErrnoError("measure ", directory_, ": ", step, " ", name);
}

absl::StatusOr<Inode> Measure::InodeOf(const sys::Fd& fd) const {
  struct stat info;
  if (fstat(fd.get(), &info) != 0) return Error("stat", "a directory");
  return Inode(info.st_dev, info.st_ino);
}

absl::Status Measure::AddEntry(const char* name, Level& level) {
  struct stat info;
  if (fstatat(current_.get(), name, &info, AT_SYMLINK_NOFOLLOW) != 0) {
    return Error("stat", name);
  }
  if (S_ISDIR(info.st_mode)) {
    level.left.emplace_back(name);
  } else if (info.st_nlink == 1 ||
             seen_.emplace(info.st_dev, info.st_ino).second) {
    size_ += info.st_size;
  }
  return absl::OkStatus();
}

absl::Status Measure::Enter(sys::Fd fd) {
  current_ = std::move(fd);
  Level level;
  CLEAT_ASSIGN_OR_RETURN(level.inode, InodeOf(current_));
  const sys::Dir dir(fdopendir(fcntl(current_.get(), F_DUPFD_CLOEXEC, 0)));
  if (dir == nullptr) return Error("read", "a directory");
  while (const dirent* entry = readdir(dir.get())) {
    if (sys::IsDotOrDotDot(entry->d_name)) continue;
    CLEAT_RETURN_IF_ERROR(AddEntry(entry->d_name, level));
  }
  levels_.push_back(std::move(level));
  return absl::OkStatus();
}

absl::Status Measure::Leave() {
  levels_.pop_back();
  if (levels_.empty()) return absl::OkStatus();
  CLEAT_ASSIGN_OR_RETURN(current_, sys::OpenAt(current_.get(), "..", kFlags));
  CLEAT_ASSIGN_OR_RETURN(const Inode inode, InodeOf(current_));
  if (inode == levels_.back().inode) return absl::OkStatus();
  return absl::AbortedError(absl::StrCat("measure ", directory_,
                                         ": a directory was moved meanwhile"));
}

absl::StatusOr<int64_t> Measure::Run() {
  CLEAT_ASSIGN_OR_RETURN(sys::Fd top, sys::Open(directory_, kFlags));
  CLEAT_RETURN_IF_ERROR(Enter(std::move(top)));
  while (!levels_.empty()) {
    std::vector<std::string>& left = levels_.back().left;
    if (left.empty()) {
      CLEAT_RETURN_IF_ERROR(Leave());
      continue;
    }
    const std::string name = std::move(left.back());
    left.pop_back();
    CLEAT_ASSIGN_OR_RETURN(sys::Fd next,
                           sys::OpenAt(current_.get(), name, kFlags));
    CLEAT_RETURN_IF_ERROR(Enter(std::move(next)));
  }
  return size_;
}

}  // namespace

absl::StatusOr<int64_t> TreeSize(const std::string& directory) {
  return Measure(directory).Run();
}

}  // namespace cleat::store
