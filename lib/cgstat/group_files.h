#ifndef CLEAT_LIB_CGSTAT_GROUP_FILES_H_
#define CLEAT_LIB_CGSTAT_GROUP_FILES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "lib/cgroup/machine.h"
#include "lib/cgstat/group.h"
#include "lib/sys/fd.h"

namespace cleat::cgstat {

// Reads the files of one group's directory after another. What directories
// that follow one another have in common, as a tree walk's do, is opened once:
// each part of a path in cgroupfs costs the kernel several locks.
class GroupFiles {
 public:
  // Goes to a directory of which about `count` files are to be read. kNotFound
  // when it is gone; other errors as of open(2).
  absl::Status Enter(const GroupDirectory& directory, size_t count);

  // The content of a file there, until the next call; nothing where the kernel
  // has no such file, or no longer. Errors as of open(2) and read(2), and
  // kResourceExhausted beyond 16 MiB.
  absl::StatusOr<absl::optional<absl::string_view>> Read(
      const std::string& name);

 private:
  // A directory that has groups, in one hierarchy.
  struct Parent {
    const cgroup::Hierarchy* hierarchy;
    std::string path;
    sys::Fd fd;
  };
  absl::StatusOr<int> OpenParent(const cgroup::Hierarchy* hierarchy,
                                 absl::string_view path);
  absl::StatusOr<absl::optional<absl::string_view>> ReadOpened(int fd);

  std::vector<Parent> parents_;
  // Where the files are: in `own_` if it is open, else below `parent_`.
  int parent_ = -1;
  sys::Fd own_;
  std::string name_;
  std::string buffer_;
};

}  // namespace cleat::cgstat

#endif  // CLEAT_LIB_CGSTAT_GROUP_FILES_H_
