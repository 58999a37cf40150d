// layer-unpack: puts the image's layers into the store, each once; or unpacks
// layers' bytes into a directory.

#include "lib/stage/layer_unpack.h"

#include "lib/cli/tool.h"
#include "lib/stage/unpack_to.h"
#include "proto/layers.table.h"

namespace cleat {
namespace {

bool ReadsDocuments(const proto::LayerUnpackOptions& options) {
  return !options.has_dir();
}

}  // namespace

CLEAT_DATA_OR_FILTER(proto::LayerUnpackOptions, stage::UnpackTo,
                     stage::LayerUnpack, ReadsDocuments);

}  // namespace cleat
