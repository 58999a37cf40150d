#ifndef CLEAT_LIB_CGROUP_APPLY_H_
#define CLEAT_LIB_CGROUP_APPLY_H_

#include "absl/status/status.h"
#include "proto/cgroup.pb.h"

// Writes the limits of a spec to a container's groups. An error names the
// flag, the value and the file. A pair such as memory and memory-swap is
// written in the order that the present values allow.

namespace cleat::cgroup {

// For groups just made, of a spec that Plan has checked: on an error some
// limits are set.
absl::Status Apply(const proto::CgroupState& state,
                   const proto::CgroupSpec& spec);

// For groups in use: checks the values, and on an error the limits are what
// they were. `spec` is the whole one, as Merge returns it.
absl::Status Update(const proto::CgroupState& state,
                    const proto::CgroupSpec& spec);

}  // namespace cleat::cgroup

#endif  // CLEAT_LIB_CGROUP_APPLY_H_
