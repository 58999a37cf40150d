#ifndef CLEAT_LIB_RUNTIME_BINDS_H_
#define CLEAT_LIB_RUNTIME_BINDS_H_

#include <vector>

#include "absl/status/statusor.h"
#include "lib/runtime/plan.h"
#include "lib/sys/fd.h"

// Bind mounts: the host's part. Sources are opened, and where the caller may do
// so also bound and given their options, before anything of the container's
// root is touched; its first process only attaches what is ready.

namespace cleat::runtime {

// Enters into the plan's binds what their sources are, and detached mounts of
// them, which the result owns. Without CAP_SYS_ADMIN over his mount namespace a
// caller gets none: the container's process, which has it over its own one,
// then binds what is the same file (CloneSource). Errors name the source; an
// idmapped bind needs the caller's rights.
absl::StatusOr<std::vector<sys::Fd>> OpenBinds(Plan* plan);

// The rest is for a child after clone, too: nothing is allocated, -1 with errno
// is failure.

// A detached copy of the mount that `source` lies on, from there on.
int CloneBind(int source, const MountPlan& mount);

// Sets attributes and propagation of a detached mount. ENOSYS before Linux
// 5.12: then SetBindOptionsByPath once it is attached.
int SetBindOptions(int tree, const mount::Options& options);
int SetBindOptionsByPath(int tree, const mount::Options& options);

}  // namespace cleat::runtime

#endif  // CLEAT_LIB_RUNTIME_BINDS_H_
