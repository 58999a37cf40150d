#ifndef CLEAT_LIB_STAGE_IMAGE_GET_H_
#define CLEAT_LIB_STAGE_IMAGE_GET_H_

#include "absl/status/status.h"
#include "lib/cli/document.h"
#include "proto/image.pb.h"

namespace cleat::stage {

// The work of image-get: finds the image and sets the section `image`. Errors
// are of store::FindImage and, with --verify, of layer::Hash.
absl::Status ImageGet(const proto::ImageGetOptions& options,
                      cli::Document& document);

}  // namespace cleat::stage

#endif  // CLEAT_LIB_STAGE_IMAGE_GET_H_
