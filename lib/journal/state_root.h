#ifndef CLEAT_LIB_JOURNAL_STATE_ROOT_H_
#define CLEAT_LIB_JOURNAL_STATE_ROOT_H_

#include <string>

#include "absl/status/statusor.h"

namespace cleat::journal {

// Where containers' state lies: $CLEAT_RUN, /run/cleat for root (of a
// container, too), else $XDG_RUNTIME_DIR/cleat, else /tmp/cleat-UID; the same
// before and after a user enters a user namespace of his own. The directory is
// made, with mode 0700, and its owner and mode are checked: kPermissionDenied
// for one that another user could write to.
absl::StatusOr<std::string> StateRoot();

}  // namespace cleat::journal

#endif  // CLEAT_LIB_JOURNAL_STATE_ROOT_H_
