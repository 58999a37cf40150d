#include "lib/store/tree_size.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <memory>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/status_macros.h"
#include "lib/sys/errno.h"
#include "lib/sys/fd.h"
#include "lib/sys/file.h"

namespace cleat::store {
namespace {

// A descriptor for each.
constexpr int kMaxDepth = 400;

struct CloseDir {
  void operator()(DIR* dir) const { closedir(dir); }
};

class Measure {
 public:
  absl::Status Add(int parent, const std::string& name, int depth);
  int64_t size() const { return size_; }

 private:
  absl::Status AddEntry(int dir, const char* name, int depth);

  int64_t size_ = 0;
  // Of files with several names.
  absl::flat_hash_set<std::pair<dev_t, ino_t>> seen_;
};

absl::Status Measure::Add(int parent, const std::string& name, int depth) {
  if (depth > kMaxDepth) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "measure ", name, ": is nested deeper than ", kMaxDepth, " levels"));
  }
  CLEAT_ASSIGN_OR_RETURN(
      sys::Fd fd,
      sys::OpenAt(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
  const std::unique_ptr<DIR, CloseDir> dir(fdopendir(fd.get()));
  if (dir == nullptr) return sys::ErrnoError("read directory ", name);
  fd.Release();
  while (const dirent* entry = readdir(dir.get())) {
    const absl::string_view text = entry->d_name;
    if (text == "." || text == "..") continue;
    CLEAT_RETURN_IF_ERROR(AddEntry(dirfd(dir.get()), entry->d_name, depth));
  }
  return absl::OkStatus();
}

absl::Status Measure::AddEntry(int dir, const char* name, int depth) {
  struct stat info;
  if (fstatat(dir, name, &info, AT_SYMLINK_NOFOLLOW) != 0) {
    return sys::ErrnoError("stat ", name);
  }
  if (S_ISDIR(info.st_mode)) return Add(dir, name, depth + 1);
  if (info.st_nlink > 1 && !seen_.emplace(info.st_dev, info.st_ino).second) {
    return absl::OkStatus();
  }
  size_ += info.st_size;
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<int64_t> TreeSize(const std::string& directory) {
  Measure measure;
  CLEAT_RETURN_IF_ERROR(measure.Add(AT_FDCWD, directory, 0));
  return measure.size();
}

}  // namespace cleat::store
