#include "lib/sys/in_place.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>

#include <algorithm>

#include "lib/sys/file.h"

namespace cleat::sys {
namespace {

// The directory of a path's last part.
absl::StatusOr<Fd> OpenParent(const std::string& path, size_t slash) {
  if (slash == std::string::npos) return Open(".", O_PATH | O_DIRECTORY);
  return Open(path.substr(0, std::max<size_t>(slash, 1)), O_PATH | O_DIRECTORY);
}

}  // namespace

// The kernel's links to what is open are "magic" (openat2(2)). Those on the way
// to the directory, as /proc/self/root, are as good as any.
bool IsDescriptorName(const std::string& path) {
  const size_t slash = path.rfind('/');
  const absl::StatusOr<Fd> parent = OpenParent(path, slash);
  if (!parent.ok()) return false;
  const std::string name = path.substr(slash + 1);
  const bool found =
      OpenResolved(parent->get(), name, O_PATH, RESOLVE_NO_MAGICLINKS).ok();
  return !found && errno == ELOOP;
}

absl::StatusOr<Fd> OpenInPlace(const std::string& path) {
  struct stat info;
  if (stat(path.c_str(), &info) != 0) return Fd();
  if (!S_ISREG(info.st_mode)) return Open(path, O_WRONLY);
  if (!IsDescriptorName(path)) return Fd();
  return Open(path, O_WRONLY | O_APPEND);
}

}  // namespace cleat::sys
