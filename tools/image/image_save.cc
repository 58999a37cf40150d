// image-save: writes images of the store into an archive or a layout.

#include "lib/base/status_macros.h"
#include "lib/cli/tool.h"
#include "lib/import/save_images.h"
#include "proto/image_tools.table.h"

namespace cleat {
namespace {

absl::Status ImageSave(const proto::ImageSaveOptions& options) {
  CLEAT_ASSIGN_OR_RETURN(
      const import::SaveFormat format,
      import::ParseSaveFormat(options.has_format() ? options.format()
                                                   : "docker-archive"));
  return import::SaveImages(cli::StorePath(options.common()),
                            {options.images().begin(), options.images().end()},
                            format, options.output());
}

}  // namespace

CLEAT_DATA(proto::ImageSaveOptions, ImageSave);

}  // namespace cleat
