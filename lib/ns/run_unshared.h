#ifndef CLEAT_LIB_NS_RUN_UNSHARED_H_
#define CLEAT_LIB_NS_RUN_UNSHARED_H_

#include <sys/types.h>

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/optional.h"
#include "lib/ns/persist.h"
#include "lib/ns/request.h"

// Running a program in new namespaces, as unshare(1) does it.

namespace cleat::ns {

struct UnsharePlan {
  Request request;
  std::vector<PersistentFile> files;

  // The program becomes a child: the first process of a new PID namespace.
  bool fork = false;
  // The signal that the child gets when this process ends; 0: none.
  int kill_child = 0;

  // Who it runs as, in the terms of the new user namespace; a group is then
  // the only one.
  absl::optional<uid_t> uid;
  absl::optional<gid_t> gid;
  // Give it the capabilities that the new user namespace gives.
  bool keep_capabilities = false;

  // Drop all variables of the environment but those in `kept_variables`.
  bool clear_environment = false;
  std::vector<std::string> kept_variables;
};

// Makes the namespaces and runs `program` (ExecProgram) there. Returns on
// failure, and with `fork` in the parent: with the program's exit status.
absl::StatusOr<int> RunUnshared(const UnsharePlan& plan,
                                const std::vector<std::string>& program);

}  // namespace cleat::ns

#endif  // CLEAT_LIB_NS_RUN_UNSHARED_H_
