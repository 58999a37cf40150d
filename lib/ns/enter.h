#ifndef CLEAT_LIB_NS_ENTER_H_
#define CLEAT_LIB_NS_ENTER_H_

#include <sys/types.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/optional.h"
#include "lib/cgroup/join.h"
#include "lib/ns/join.h"
#include "lib/ns/target.h"
#include "lib/sys/fd.h"

// Running a program in namespaces that exist, as nsenter(1) does it.

namespace cleat::ns {

// Everything that is taken over, opened and resolved outside.
struct EnterPlan {
  // Of which `join` has the pidfd.
  absl::optional<Target> target;
  JoinPlan join;
  absl::optional<cgroup::Groups> groups;

  // Invalid: as the namespaces have it.
  sys::Fd root;
  sys::Fd working_directory;
  // A path inside, opened there.
  absl::optional<std::string> inner_directory;

  // "NAME=VALUE"; none leaves the caller's own.
  absl::optional<std::vector<std::string>> environment;

  // /proc/PID of the target, for the ids of `follow_uid` and `follow_gid`,
  // which are read as the entered user namespace counts them.
  sys::Fd process;
  bool follow_uid = false;
  bool follow_gid = false;
  absl::optional<uid_t> uid;
  absl::optional<gid_t> gid;

  // Leave the ids alone in a user namespace, whose user and group 0 the
  // program is otherwise.
  bool preserve_credentials = false;
  bool keep_capabilities = false;
  // Of SELinux; empty: the caller's own.
  std::string security_context;
  bool fork = false;
};

// Enters, and runs `program` (ExecProgram) there. Returns on failure, and with
// `fork` in the parent: with the program's exit status. Until the program runs
// nothing in the namespaces can look into this process, which is not dumpable.
absl::StatusOr<int> Enter(EnterPlan plan,
                          const std::vector<std::string>& program);

}  // namespace cleat::ns

#endif  // CLEAT_LIB_NS_ENTER_H_
