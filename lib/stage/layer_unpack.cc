#include "lib/stage/layer_unpack.h"

#include "lib/base/status_macros.h"
#include "lib/cli/tool.h"
#include "lib/layer/image_layers.h"
#include "lib/stage/squash_note.h"
#include "proto/image.table.h"
#include "proto/layers.table.h"

namespace cleat::stage {
namespace {

absl::Status CheckOptions(const proto::LayerUnpackOptions& options) {
  if (options.layers().empty() && !options.has_form() && !options.has_split()) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      "layers, --form and --split go with --dir: without it documents are "
      "read");
}

}  // namespace

absl::Status LayerUnpack(const proto::LayerUnpackOptions& options,
                         cli::Document& document) {
  CLEAT_RETURN_IF_ERROR(CheckOptions(options));
  CLEAT_ASSIGN_OR_RETURN(const proto::Image image,
                         document.Require<proto::Image>("image", "image-get"));
  if (options.filter().defer()) return absl::OkStatus();
  proto::Layers layers;
  const std::string store = cli::StorePath(options.filter().common());
  CLEAT_RETURN_IF_ERROR(NoteSquashing(store, [&]() -> absl::Status {
    CLEAT_ASSIGN_OR_RETURN(
        *layers.mutable_state(),
        layer::PutInStore(image.state(), store,
                          options.has_max_size() ? options.max_size() : -1));
    return absl::OkStatus();
  }));
  document.Set("layers", layers);
  return absl::OkStatus();
}

}  // namespace cleat::stage
