#include "lib/cgroup/tree.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/sys/dir.h"
#include "lib/sys/errno.h"

namespace cleat::cgroup {
namespace {

// cgroupfs tells directories in d_type, and has no links.
bool IsChild(const dirent& entry) {
  return entry.d_type == DT_DIR && !sys::IsDotOrDotDot(entry.d_name);
}

// A directory counts itself, its name, and a ".." for each child. (File systems
// that do not count say 1.) Most groups have no children, and reading a
// directory of forty files costs ten times as much.
bool HasNoChildren(int dir, const char* group) {
  struct stat info;
  return fstatat(dir, group, &info, 0) == 0 && info.st_nlink == 2;
}

// Of a group that may have children.
absl::Status Collect(const std::string& group,
                     std::vector<std::string>& groups) {
  std::vector<std::string> parents;
  {
    const sys::Dir dir(opendir(group.c_str()));
    if (dir == nullptr && errno == ENOENT) return absl::OkStatus();
    if (dir == nullptr) return sys::ErrnoError("read directory ", group);
    while (const dirent* entry = readdir(dir.get())) {
      if (!IsChild(*entry)) continue;
      const bool leaf = HasNoChildren(dirfd(dir.get()), entry->d_name);
      (leaf ? groups : parents)
          .push_back(absl::StrCat(group, "/", entry->d_name));
    }
  }
  for (const std::string& parent : parents) {
    CLEAT_RETURN_IF_ERROR(Collect(parent, groups));
  }
  groups.push_back(group);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<std::string>> GroupsBottomUp(
    const std::string& directory) {
  if (HasNoChildren(AT_FDCWD, directory.c_str())) {
    return std::vector<std::string>{directory};
  }
  std::vector<std::string> groups;
  CLEAT_RETURN_IF_ERROR(Collect(directory, groups));
  return groups;
}

}  // namespace cleat::cgroup
