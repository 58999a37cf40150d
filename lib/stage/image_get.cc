#include "lib/stage/image_get.h"

#include "lib/base/status_macros.h"
#include "lib/cli/tool.h"
#include "lib/layer/unpack.h"
#include "lib/store/find_image.h"
#include "proto/image.table.h"

namespace cleat::stage {
namespace {

// Layers that only the store has were verified when they went there.
absl::Status VerifyLayers(const proto::ImageState& image) {
  for (const proto::LayerSource& layer : image.layers()) {
    if (!layer.has_path()) continue;
    const layer::BlobLocation location = {layer.path(), layer.offset(),
                                          layer.size()};
    layer::Expected expected;
    expected.diff_id = layer.diff_id();
    expected.digest = layer.digest();
    CLEAT_RETURN_IF_ERROR(layer::Hash(location, expected).status());
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ImageGet(const proto::ImageGetOptions& options,
                      cli::Document& document) {
  CLEAT_ASSIGN_OR_RETURN(
      const proto::Image image,
      store::FindImage(options.image(), options.platform(),
                       cli::StorePath(options.filter().common())));
  if (options.verify()) CLEAT_RETURN_IF_ERROR(VerifyLayers(image.state()));
  document.Set("image", image);
  return absl::OkStatus();
}

}  // namespace cleat::stage
