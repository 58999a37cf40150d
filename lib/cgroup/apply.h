#ifndef CLEAT_LIB_CGROUP_APPLY_H_
#define CLEAT_LIB_CGROUP_APPLY_H_

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "proto/cgroup.pb.h"

// Writes the limits of a spec to a container's groups. An error names the
// flag, the value and the file. A pair such as memory and memory-swap is
// written in the order that the present values allow. The rules on devices of
// Apply are those of the spec alone; Update's are left to its caller.
//
// With best_effort of the spec, limits that this kernel or the groups cannot
// have are left out, and `warnings`, which may be null, says which and why.

namespace cleat::cgroup {

using Warnings = std::vector<std::string>;

// For groups just made, of a spec that Plan has checked: on an error some
// limits are set.
absl::Status Apply(const proto::CgroupState& state,
                   const proto::CgroupSpec& spec, Warnings* warnings = nullptr);

// For groups in use: checks the values, and on an error the limits are what
// they were, also on one of `then`, which is called once they are set. `spec`
// is the whole one, as Merge returns it.
absl::Status Update(const proto::CgroupState& state,
                    const proto::CgroupSpec& spec, Warnings* warnings = nullptr,
                    absl::FunctionRef<absl::Status()> then = absl::OkStatus);

}  // namespace cleat::cgroup

#endif  // CLEAT_LIB_CGROUP_APPLY_H_
