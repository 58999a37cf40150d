#ifndef CLEAT_LIB_RUNTIME_MOUNT_POINTS_H_
#define CLEAT_LIB_RUNTIME_MOUNT_POINTS_H_

#include <string>
#include <vector>

#include "proto/oci_runtime.pb.h"

namespace cleat::runtime {

// What a container's process will have to make in its root to mount what the
// spec says: of each mount the topmost part of its path that is missing, where
// the links in the root lead it, each once. What lies in another of the spec's
// mounts is not the root's.
std::vector<std::string> MissingMountPoints(int root,
                                            const proto::oci::Spec& spec);

}  // namespace cleat::runtime

#endif  // CLEAT_LIB_RUNTIME_MOUNT_POINTS_H_
