// image-get: finds an image and writes a document of it.

#include "lib/stage/image_get.h"

#include "lib/cli/tool.h"
#include "proto/image.table.h"

namespace cleat {

CLEAT_SOURCE(proto::ImageGetOptions, stage::ImageGet);

}  // namespace cleat
