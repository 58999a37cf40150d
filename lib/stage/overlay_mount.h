#ifndef CLEAT_LIB_STAGE_OVERLAY_MOUNT_H_
#define CLEAT_LIB_STAGE_OVERLAY_MOUNT_H_

#include "absl/status/status.h"
#include "lib/cli/document.h"
#include "proto/rootfs.pb.h"

namespace cleat::stage {

// The work of overlay-mount: sets the section `rootfs`, and mounts it where
// --at says. kFailedPrecondition for a container that has a root already.
absl::Status OverlayMount(const proto::OverlayMountOptions& options,
                          cli::Document& document);

}  // namespace cleat::stage

#endif  // CLEAT_LIB_STAGE_OVERLAY_MOUNT_H_
