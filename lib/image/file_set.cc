#include "lib/image/file_set.h"

#include <limits.h>
#include <unistd.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/sys/errno.h"

namespace cleat::image {

absl::StatusOr<std::string> AbsolutePath(absl::string_view path) {
  if (absl::StartsWith(path, "/")) return std::string(path);
  char directory[PATH_MAX];
  if (getcwd(directory, sizeof(directory)) == nullptr) {
    return sys::ErrnoError("find the working directory");
  }
  return absl::StrCat(directory, "/", path);
}

}  // namespace cleat::image
