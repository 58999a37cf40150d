#include "lib/layer/plain.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <unistd.h>

#include <utility>
#include <vector>

#include "absl/hash/hash.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/layer/name.h"
#include "lib/sys/errno.h"
#include "lib/sys/fd.h"
#include "lib/sys/file.h"
#include "lib/sys/remove_tree.h"

namespace cleat::layer {
namespace {

struct Child {
  std::string base;
  bool may_be_directory;
};

absl::StatusOr<std::vector<Child>> ListAt(int directory) {
  CLEAT_ASSIGN_OR_RETURN(sys::Fd fd,
                         sys::OpenAt(directory, ".", O_RDONLY | O_DIRECTORY));
  DIR* const stream = fdopendir(fd.get());
  if (stream == nullptr) return sys::ErrnoError("list directory");
  fd.Release();
  std::vector<Child> children;
  while (const dirent* const entry = readdir(stream)) {
    const absl::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    children.push_back({std::string(name), entry->d_type == DT_DIR ||
                                               entry->d_type == DT_UNKNOWN});
  }
  closedir(stream);
  return children;
}

std::string Below(const std::string& directory, const std::string& base) {
  return directory.empty() ? base : absl::StrCat(directory, "/", base);
}

}  // namespace

void MadeNames::Add(absl::string_view clean_name) {
  // Up to a directory that is known: then those above it are, too.
  while (!clean_name.empty() && hashes_.insert(Hash(clean_name)).second) {
    clean_name = Split(clean_name).parent;
  }
}

uint64_t MadeNames::Hash(absl::string_view name) {
  return absl::Hash<absl::string_view>()(name);
}

absl::Status RemoveLower(int parent, const std::string& base,
                         const std::string& name, const MadeNames& made) {
  if (!made.Has(name)) return sys::RemoveTreeAt(parent, base);
  const absl::StatusOr<sys::Fd> directory =
      sys::OpenAt(parent, base, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  // The layer has made a file there.
  if (!directory.ok()) return absl::OkStatus();
  return RemoveLowerIn(directory->get(), name, made);
}

absl::Status RemoveLowerIn(int directory, const std::string& name,
                           const MadeNames& made) {
  // What is of the layer itself and may have others' in it, by the paths from
  // the directory: there may be more levels than descriptors.
  std::vector<std::string> waiting = {""};
  while (!waiting.empty()) {
    const std::string path = std::move(waiting.back());
    waiting.pop_back();
    const absl::StatusOr<sys::Fd> fd = sys::OpenResolved(
        directory, path.empty() ? "." : path, O_RDONLY | O_DIRECTORY,
        RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS);
    // No directory after all (DT_UNKNOWN).
    if (absl::IsFailedPrecondition(fd.status())) continue;
    if (!fd.ok()) return fd.status();
    CLEAT_ASSIGN_OR_RETURN(const std::vector<Child> children,
                           ListAt(fd->get()));
    for (const Child& child : children) {
      std::string below = Below(path, child.base);
      if (!made.Has(Below(name, below))) {
        CLEAT_RETURN_IF_ERROR(sys::RemoveTreeAt(fd->get(), child.base));
      } else if (child.may_be_directory) {
        waiting.push_back(std::move(below));
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace cleat::layer
