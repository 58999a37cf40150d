#include "lib/layer/plain.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <vector>

#include "absl/hash/hash.h"
#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/layer/name.h"
#include "lib/sys/errno.h"
#include "lib/sys/fd.h"
#include "lib/sys/file.h"
#include "lib/sys/remove_tree.h"

namespace cleat::layer {
namespace {

absl::StatusOr<std::vector<std::string>> ListAt(int directory) {
  CLEAT_ASSIGN_OR_RETURN(sys::Fd fd,
                         sys::OpenAt(directory, ".", O_RDONLY | O_DIRECTORY));
  DIR* const stream = fdopendir(fd.get());
  if (stream == nullptr) return sys::ErrnoError("list directory");
  fd.Release();
  std::vector<std::string> names;
  while (const dirent* const entry = readdir(stream)) {
    const absl::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  closedir(stream);
  return names;
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
  CLEAT_ASSIGN_OR_RETURN(const std::vector<std::string> bases,
                         ListAt(directory));
  for (const std::string& base : bases) {
    // Recurses only into what the layer's own archive has made.
    CLEAT_RETURN_IF_ERROR(
        RemoveLower(directory, base,
                    name.empty() ? base : absl::StrCat(name, "/", base), made));
  }
  return absl::OkStatus();
}

}  // namespace cleat::layer
