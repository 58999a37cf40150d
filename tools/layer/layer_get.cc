// layer-get: writes the tar of a layer of the store.

#include "lib/base/status_macros.h"
#include "lib/cli/binary_output.h"
#include "lib/cli/tool.h"
#include "lib/layer/stored.h"
#include "proto/layers.table.h"

namespace cleat {
namespace {

absl::Status LayerGet(const proto::LayerGetOptions& options) {
  CLEAT_RETURN_IF_ERROR(cli::CheckBinaryOutput());
  return layer::WriteStored(cli::StorePath(options.common()), options.layer(),
                            cli::WriteOutput);
}

}  // namespace

CLEAT_DATA(proto::LayerGetOptions, LayerGet);

}  // namespace cleat
