#include "lib/journal/state_root.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"
#include "lib/sys/privilege.h"

namespace cleat::journal {
namespace {

std::string ChooseStateRoot() {
  const char* chosen = getenv("CLEAT_RUN");
  if (chosen != nullptr && *chosen != 0) return chosen;
  if (sys::OwnsTree()) return "/run/cleat";
  const char* runtime = getenv("XDG_RUNTIME_DIR");
  if (runtime != nullptr && *runtime == '/') {
    return absl::StrCat(runtime, "/cleat");
  }
  return absl::StrCat("/tmp/cleat-", sys::OuterUser());
}

}  // namespace

absl::StatusOr<std::string> StateRoot() {
  const std::string root = ChooseStateRoot();
  struct stat info;
  if (lstat(root.c_str(), &info) != 0) {
    CLEAT_RETURN_IF_ERROR(sys::MakeDirectories(root, 0700));
    if (lstat(root.c_str(), &info) != 0) return sys::ErrnoError("stat ", root);
  }
  if (!S_ISDIR(info.st_mode) || info.st_uid != geteuid() ||
      (info.st_mode & 022) != 0) {
    return absl::PermissionDeniedError(absl::StrCat(
        "state directory ", root,
        ": must be a directory of this user that no other can write to"));
  }
  return root;
}

}  // namespace cleat::journal
