#ifndef CLEAT_LIB_RUNTIME_USER_MOUNTS_H_
#define CLEAT_LIB_RUNTIME_USER_MOUNTS_H_

#include "absl/status/status.h"
#include "proto/mounts.pb.h"
#include "proto/oci_runtime.pb.h"

namespace cleat::runtime {

// Lays the mounts that people ask for over a spec's own, in the order given,
// and sets the size of /dev/shm. One takes the place of the spec's at its
// target and of those below it, as in Docker: who mounts /dev has no /dev/pts
// but his own. A source that a --volume names is made where it is missing, as a
// directory; relative ones start at the working directory.
//
// Errors begin with the flag: kInvalidArgument for what lib/mount/user_mount.h
// refuses and a target given twice, kNotFound for a missing source,
// kFailedPrecondition for a propagation that the source's mount does not have,
// kUnimplemented for volumes.
absl::Status AddUserMounts(const proto::MountsSpec& mounts,
                           proto::oci::Spec* spec);

}  // namespace cleat::runtime

#endif  // CLEAT_LIB_RUNTIME_USER_MOUNTS_H_
