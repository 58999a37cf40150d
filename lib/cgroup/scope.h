#ifndef CLEAT_LIB_CGROUP_SCOPE_H_
#define CLEAT_LIB_CGROUP_SCOPE_H_

#include <sys/types.h>

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/cgroup/machine.h"

// The inside of a scope of systemd that is delegated: systemd makes its groups
// and leaves alone what is below them (systemd's CGROUP_DELEGATION.md).

namespace cleat::cgroup {

// The machine as process `process` sees it, who is in the scope `unit`: the
// hierarchies in which it has a group are marked as delegated, and that is the
// own group there. kNotFound when the process is in none, which is so where
// systemd manages other hierarchies than those that are mounted here.
// <root> and `process` as of FindMachine.
absl::StatusOr<Machine> FindScope(absl::string_view unit,
                                  absl::string_view process,
                                  const std::string& root = "");

// v2: moves the process, for whom the scope was started, out of the way, to a
// group below its own, since a group with processes hands on no controllers.
absl::Status MakeRoom(const Machine& scope, pid_t pid);

// v2: whether processes that this one makes may enter the scope.
// kPermissionDenied, with the cure, for an ordinary user who is outside of
// what systemd has delegated to him: as one who is logged in by ssh.
absl::Status CheckEntrance(const Machine& scope, const Machine& self);

}  // namespace cleat::cgroup

#endif  // CLEAT_LIB_CGROUP_SCOPE_H_
