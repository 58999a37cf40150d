#include "lib/sys/in_place.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>

#include <algorithm>

#include "lib/base/status_macros.h"
#include "lib/sys/file.h"

namespace cleat::sys {
namespace {

// The links of /proc to what is open are no names of files. Those on the way
// to the directory are as good as any.
absl::StatusOr<bool> IsDescriptor(const std::string& path) {
  const size_t slash = path.rfind('/');
  const bool bare = slash == std::string::npos;
  CLEAT_ASSIGN_OR_RETURN(
      const Fd directory,
      Open(bare ? "." : path.substr(0, std::max<size_t>(slash, 1)),
           O_PATH | O_DIRECTORY));
  const std::string name = bare ? path : path.substr(slash + 1);
  const bool found =
      OpenResolved(directory.get(), name, O_PATH, RESOLVE_NO_MAGICLINKS).ok();
  return !found && errno == ELOOP;
}

}  // namespace

absl::StatusOr<Fd> OpenInPlace(const std::string& path) {
  struct stat info;
  if (stat(path.c_str(), &info) != 0) return Fd();
  if (!S_ISREG(info.st_mode)) return Open(path, O_WRONLY);
  CLEAT_ASSIGN_OR_RETURN(const bool descriptor, IsDescriptor(path));
  if (!descriptor) return Fd();
  return Open(path, O_WRONLY | O_APPEND);
}

}  // namespace cleat::sys
