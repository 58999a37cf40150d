#ifndef CLEAT_LIB_SYS_DIR_H_
#define CLEAT_LIB_SYS_DIR_H_

#include <dirent.h>

#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/sys/fd.h"

// Directories as streams of entries (readdir(3)).

namespace cleat::sys {

struct CloseDir {
  void operator()(DIR* dir) const { closedir(dir); }
};
using Dir = std::unique_ptr<DIR, CloseDir>;

// Takes over `fd`, an open directory. Errors name `name`.
absl::StatusOr<Dir> ReadDirectory(Fd fd, absl::string_view name);

// Whether an entry is the directory itself or the one above.
inline bool IsDotOrDotDot(absl::string_view name) {
  return name == "." || name == "..";
}

}  // namespace cleat::sys

#endif  // CLEAT_LIB_SYS_DIR_H_
