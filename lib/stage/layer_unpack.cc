#include "lib/stage/layer_unpack.h"

#include "lib/base/status_macros.h"
#include "lib/cli/tool.h"
#include "lib/layer/image_layers.h"
#include "lib/stage/squash_note.h"
#include "proto/image.table.h"
#include "proto/layers.table.h"

namespace cleat::stage {
absl::Status LayerUnpack(const proto::LayerUnpackOptions& options,
                         cli::Document& document) {
  CLEAT_ASSIGN_OR_RETURN(const proto::Image image,
                         document.Require<proto::Image>("image", "image-get"));
  if (options.filter().defer()) return absl::OkStatus();
  proto::Layers layers;
  const std::string store = cli::StorePath(options.filter().common());
  CLEAT_RETURN_IF_ERROR(NoteSquashing(store, [&]() -> absl::Status {
    CLEAT_ASSIGN_OR_RETURN(*layers.mutable_state(),
                           layer::PutInStore(image.state(), store));
    return absl::OkStatus();
  }));
  document.Set("layers", layers);
  return absl::OkStatus();
}

}  // namespace cleat::stage
