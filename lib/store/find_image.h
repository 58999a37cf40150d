#ifndef CLEAT_LIB_STORE_FIND_IMAGE_H_
#define CLEAT_LIB_STORE_FIND_IMAGE_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "proto/image.pb.h"

namespace cleat::store {

// The document's section of an image, wherever it is: `reference` names it in
// the store at `store`, or in a layout or archive (lib/image/source.h).
// `platform` is "OS/ARCH[/VARIANT]"; empty for this machine's.
//
// Errors as those of image::ReadImage and ImageStore::Read.
absl::StatusOr<proto::Image> FindImage(absl::string_view reference,
                                       absl::string_view platform,
                                       const std::string& store);

}  // namespace cleat::store

#endif  // CLEAT_LIB_STORE_FIND_IMAGE_H_
