// image-save: writes images of the store into an archive or a layout.

#include "lib/base/status_macros.h"
#include "lib/cli/tool.h"
#include "lib/import/save_images.h"
#include "lib/layer/pack_options.h"
#include "proto/image_tools.table.h"

namespace cleat {
namespace {

absl::Status ImageSave(const proto::ImageSaveOptions& options) {
  import::SaveOptions save;
  CLEAT_ASSIGN_OR_RETURN(
      save.format,
      import::ParseSaveFormat(options.has_format() ? options.format()
                                                   : "docker-archive"));
  CLEAT_ASSIGN_OR_RETURN(save.compression,
                         layer::ParseCompression(options.compression()));
  save.output = options.output();
  return import::SaveImages(cli::StorePath(options.common()),
                            {options.images().begin(), options.images().end()},
                            save);
}

}  // namespace

CLEAT_DATA(proto::ImageSaveOptions, ImageSave);

}  // namespace cleat
