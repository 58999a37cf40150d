#ifndef CLEAT_LIB_RUNTIME_CAPABILITY_CHOICE_H_
#define CLEAT_LIB_RUNTIME_CAPABILITY_CHOICE_H_

#include "absl/status/statusor.h"
#include "lib/sys/capability.h"
#include "proto/process.pb.h"

namespace cleat::runtime {

// The capabilities that a container gets of those that it can have, by
// `cap_add`, `cap_drop` and `privileged`, in Docker's order (moby,
// oci/caps/utils.go): "ALL" among the added are all but the dropped; else "ALL"
// among the dropped leaves the added alone; else the dropped are taken from
// `defaults` and the added come after, so that they win. kInvalidArgument names
// what is no capability, kFailedPrecondition what is added and not available.
absl::StatusOr<sys::CapabilitySet> ChooseCapabilities(
    const proto::ProcessSpec& process, sys::CapabilitySet defaults,
    sys::CapabilitySet available);

}  // namespace cleat::runtime

#endif  // CLEAT_LIB_RUNTIME_CAPABILITY_CHOICE_H_
