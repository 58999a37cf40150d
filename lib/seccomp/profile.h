#ifndef CLEAT_LIB_SECCOMP_PROFILE_H_
#define CLEAT_LIB_SECCOMP_PROFILE_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/seccomp/filter.h"
#include "lib/sys/capability.h"
#include "proto/oci_runtime.pb.h"

namespace cleat::seccomp {

// For what a profile is resolved.
struct Target {
  // What a rule's `includes` and `excludes` ask for.
  sys::CapabilitySet capabilities = 0;
  // Major and minor version of the kernel.
  int kernel[2] = {0, 0};
  const Arch* arch = &NativeArch();
};

// This machine, for a container with this bounding set.
absl::StatusOr<Target> ThisMachine(sys::CapabilitySet capabilities);

// Reads a profile in the JSON of Docker (moby/profiles, seccomp/), of the OCI
// runtime spec's `linux.seccomp`, or of containers-common. kInvalidArgument
// names the member that is wrong or unknown.
absl::StatusOr<proto::oci::Seccomp> ParseProfile(absl::string_view json);

// Leaves what holds for the target. A call that nobody knows is passed over,
// as in runc: a profile may be younger than this program. kInvalidArgument
// names the member that is wrong; kUnimplemented: SCMP_ACT_NOTIFY, for nobody
// listens.
absl::StatusOr<Filter> Resolve(const proto::oci::Seccomp& profile,
                               const Target& target);

}  // namespace cleat::seccomp

#endif  // CLEAT_LIB_SECCOMP_PROFILE_H_
