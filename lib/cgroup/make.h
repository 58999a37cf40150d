#ifndef CLEAT_LIB_CGROUP_MAKE_H_
#define CLEAT_LIB_CGROUP_MAKE_H_

#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "proto/cgroup.pb.h"

namespace cleat::cgroup {

// A container's cgroup from nothing: finds the machine's hierarchies, plans,
// calls `record` with each directory, and only then creates them and sets the
// limits. Errors as of Plan, Create and Apply, and those of `record`; what has
// been made then is for the caller to remove, who has it recorded.
absl::StatusOr<proto::CgroupState> Make(
    absl::string_view id, const proto::CgroupSpec& spec,
    absl::FunctionRef<absl::Status(const std::string& directory)> record);

// The same without limits: only the group that rules on devices need
// (lib/cgroup/devices.h), so that a container that asks for no group cannot
// open what nodes it makes. No directory where there is no such hierarchy that
// can be written to.
absl::StatusOr<proto::CgroupState> MakeForDevices(
    absl::string_view id,
    absl::FunctionRef<absl::Status(const std::string& directory)> record);

}  // namespace cleat::cgroup

#endif  // CLEAT_LIB_CGROUP_MAKE_H_
