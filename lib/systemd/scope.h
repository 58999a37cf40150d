#ifndef CLEAT_LIB_SYSTEMD_SCOPE_H_
#define CLEAT_LIB_SYSTEMD_SCOPE_H_

#include <sys/types.h>

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"

// Transient scopes of systemd (systemd.scope(5)): groups of the machine's
// manager or the user's, whose inside it leaves to who has asked for them.

namespace cleat::systemd {

struct Scope {
  // "cleat-….scope".
  std::string unit;
  // What systemctl(1) shows for it.
  std::string description;
  // "machine.slice"; empty: the manager's usual one.
  std::string slice = {};
  // The process that is in it from its start, of the caller's user. The scope
  // and its groups vanish when nobody is in them any more.
  pid_t pid = 0;
};

// Starts a scope that is delegated: of root at the machine's manager, of an
// ordinary user at his own (org.freedesktop.systemd1(5)). When it returns the
// process is in the scope's groups. kFailedPrecondition where systemd does not
// run; kAlreadyExists; kDeadlineExceeded when it has not been done in time.
absl::Status StartScope(const Scope& scope,
                        absl::Duration timeout = absl::Seconds(30));

}  // namespace cleat::systemd

#endif  // CLEAT_LIB_SYSTEMD_SCOPE_H_
