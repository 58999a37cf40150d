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
// scope in which nobody is, so a process waits there until the container is
// undone: that one and the scope's groups are given to `record`, and without
// them systemd's unit is gone, too. Errors as of systemd::StartScope,
// cgroup::FindScope and cgroup::CheckEntrance.
absl::StatusOr<cgroup::Machine> MakeScope(
    const std::string& id, const std::string& slice,
    absl::FunctionRef<absl::Status(proto::Step step)> record);

}  // namespace cleat::stage

#endif  // CLEAT_LIB_STAGE_MAKE_SCOPE_H_
