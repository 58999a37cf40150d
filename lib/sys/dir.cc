#include "lib/sys/dir.h"

#include "lib/sys/errno.h"

namespace cleat::sys {

absl::StatusOr<Dir> ReadDirectory(Fd fd, absl::string_view name) {
  Dir dir(fdopendir(fd.get()));
  if (dir == nullptr) return ErrnoError("read directory ", name);
  fd.Release();
  return dir;
}

}  // namespace cleat::sys
