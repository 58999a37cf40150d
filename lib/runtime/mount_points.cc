#include "lib/runtime/mount_points.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/runtime/beneath.h"
#include "lib/sys/fd.h"

namespace cleat::runtime {
namespace {

// The path of what is open, below the root of its mount: a detached mount's
// root is "/".
std::string PathOf(int fd) {
  char path[PATH_MAX];
  const ssize_t length =
      readlink(absl::StrCat("/proc/self/fd/", fd).c_str(), path, sizeof(path));
  const std::string text(path, length > 0 ? static_cast<size_t>(length) : 0);
  return text == "/" ? "" : text;
}

// The topmost part of `path` that is missing; empty when all is there, or when
// something else is wrong with it, which will be seen when it is mounted.
std::string FirstMissing(int root, const std::string& path) {
  if (sys::Fd(OpenBelow(root, path.c_str(), O_PATH)).valid() ||
      errno != ENOENT) {
    return "";
  }
  sys::Fd parent(OpenBelow(root, "/", O_PATH));
  for (size_t begin = 1; begin < path.size();) {
    const size_t end = std::min(path.find('/', begin), path.size());
    sys::Fd next(OpenBelow(root, path.substr(0, end).c_str(), O_PATH));
    if (!next.valid()) {
      return absl::StrCat(PathOf(parent.get()), "/",
                          path.substr(begin, end - begin));
    }
    parent = std::move(next);
    begin = end + 1;
  }
  return "";
}

bool IsBelowAny(const std::string& path,
                const std::vector<std::string>& directories) {
  return std::any_of(directories.begin(), directories.end(),
                     [&](const std::string& directory) {
                       return absl::StartsWith(path,
                                               absl::StrCat(directory, "/"));
                     });
}

}  // namespace

std::vector<std::string> MissingMountPoints(int root,
                                            const proto::oci::Spec& spec) {
  std::vector<std::string> missing;
  std::vector<std::string> mounted;
  for (const proto::oci::Mount& mount : spec.mounts()) {
    const std::string& target = mount.destination();
    if (IsBelowAny(target, mounted)) continue;
    mounted.push_back(target);
    const std::string first = FirstMissing(root, target);
    if (!first.empty() &&
        std::find(missing.begin(), missing.end(), first) == missing.end()) {
      missing.push_back(first);
    }
  }
  return missing;
}

}  // namespace cleat::runtime
