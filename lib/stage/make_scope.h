#ifndef CLEAT_LIB_STAGE_MAKE_SCOPE_H_
#define CLEAT_LIB_STAGE_MAKE_SCOPE_H_

#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/cgroup/machine.h"
#include "proto/container.pb.h"

namespace cleat::stage {

// Has systemd start the scope cleat-<id>.scope, in this slice unless that is
// empty, and returns the hierarchies as cgroup::FindScope. systemd removes a
// scope and its groups when nobody is in it any more, so a process waits there
// until the container is undone, and that is what is given to `record`. (Were
// the groups removed by another, systemd would not see that they are empty:
// the kernel tells of it up to 10 ms late, and not of what is gone by then.)
// Errors as of systemd::StartScope, cgroup::FindScope and
// cgroup::CheckEntrance.
absl::StatusOr<cgroup::Machine> MakeScope(
    const std::string& id, const std::string& slice,
    absl::FunctionRef<absl::Status(proto::Step step)> record);

}  // namespace cleat::stage

#endif  // CLEAT_LIB_STAGE_MAKE_SCOPE_H_
