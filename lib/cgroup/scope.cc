#include "lib/cgroup/scope.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/base/trace.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"

namespace cleat::cgroup {
namespace {

// The nearest group above two, each "/a/b": "" for the root.
std::string NearestAbove(const std::string& one, const std::string& other) {
  size_t shared = 0;
  for (size_t i = 0; i <= one.size() && i <= other.size(); ++i) {
    const char a = i < one.size() ? one[i] : '/';
    const char b = i < other.size() ? other[i] : '/';
    if (a != b) break;
    if (a == '/') shared = i;
  }
  return one.substr(0, shared);
}

}  // namespace

absl::StatusOr<Machine> FindScope(absl::string_view unit,
                                  absl::string_view process,
                                  const std::string& root) {
  CLEAT_ASSIGN_OR_RETURN(Machine machine, FindMachine(root, process));
  bool found = false;
  for (Hierarchy& hierarchy : machine.hierarchies) {
    hierarchy.delegated =
        absl::EndsWith(hierarchy.own, absl::StrCat("/", unit));
    found = found || hierarchy.delegated;
  }
  if (found) return machine;
  return absl::NotFoundError(absl::StrCat(
      "find the groups of ", unit, ": process ", process,
      " is in none of that name in the hierarchies that are mounted here"));
}

absl::Status MakeRoom(const Machine& scope, pid_t pid) {
  const Hierarchy* const unified = scope.Unified();
  if (unified == nullptr || !unified->delegated) return absl::OkStatus();
  const std::string group = absl::StrCat(unified->OwnDirectory(), "/holder");
  trace::Span span("move the scope's process to", group);
  if (mkdir(group.c_str(), 0755) != 0) {
    span.Fail(errno);
    return sys::ErrnoError("make cgroup ", group);
  }
  return sys::WriteExisting(absl::StrCat(group, "/cgroup.procs"),
                            absl::StrCat(pid));
}

absl::Status CheckEntrance(const Machine& scope, const Machine& self) {
  const Hierarchy* const to = scope.Unified();
  const Hierarchy* const from = self.Unified();
  if (to == nullptr || from == nullptr || !to->delegated) {
    return absl::OkStatus();
  }
  const std::string above =
      absl::StrCat(to->mount, NearestAbove(from->own, to->own));
  const std::string file = absl::StrCat(above, "/cgroup.procs");
  if (faccessat(AT_FDCWD, file.c_str(), W_OK, AT_EACCESS) == 0) {
    return absl::OkStatus();
  }
  return absl::PermissionDeniedError(absl::StrCat(
      "use scope ", to->own, ": cgroup v2 lets no process of ", from->own,
      " in without the right to ", file,
      "; run this in a group of the same manager: systemd-run --user --scope"));
}

}  // namespace cleat::cgroup
