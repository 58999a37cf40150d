// overlay-mount: describes a container's root, or mounts it on the host.

#include "lib/stage/overlay_mount.h"

#include "lib/cli/tool.h"
#include "proto/rootfs.table.h"

namespace cleat {
namespace {

bool IsSource(const proto::OverlayMountOptions& options) {
  return options.lower_size() > 0;
}

}  // namespace

CLEAT_FILTER_OR_SOURCE(proto::OverlayMountOptions, stage::OverlayMount,
                       IsSource);

}  // namespace cleat
