// layer-commit: makes a layer and an image of what a container has written.

#include "lib/stage/layer_commit.h"

#include "lib/cli/tool.h"
#include "proto/image_edit.table.h"

namespace cleat {

CLEAT_FILTER(proto::LayerCommitOptions, stage::LayerCommit);

}  // namespace cleat
