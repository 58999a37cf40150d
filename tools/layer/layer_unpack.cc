// layer-unpack: puts the image's layers into the store, each once.

#include "lib/stage/layer_unpack.h"

#include "lib/cli/tool.h"
#include "proto/layers.table.h"

namespace cleat {

CLEAT_FILTER(proto::LayerUnpackOptions, stage::LayerUnpack);

}  // namespace cleat
