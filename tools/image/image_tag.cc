// image-tag: gives an image of the store another name.

#include <string>

#include "lib/base/status_macros.h"
#include "lib/cli/tool.h"
#include "lib/store/image_store.h"
#include "proto/image_tools.table.h"

namespace cleat {
namespace {

absl::Status ImageTag(const proto::ImageTagOptions& options,
                      std::string* /*output*/) {
  const store::ImageStore images(cli::StorePath(options.common()));
  CLEAT_ASSIGN_OR_RETURN(const std::string id, images.Resolve(options.image()));
  return images.Tag(id, options.name());
}

}  // namespace

CLEAT_QUERY(proto::ImageTagOptions, ImageTag);

}  // namespace cleat
