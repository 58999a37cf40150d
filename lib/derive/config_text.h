#ifndef CLEAT_LIB_DERIVE_CONFIG_TEXT_H_
#define CLEAT_LIB_DERIVE_CONFIG_TEXT_H_

#include <string>

#include "absl/status/statusor.h"
#include "proto/image.pb.h"

namespace cleat::derive {

// The bytes of the config of an image that a document names: those of the
// store where it has them, else of the layout or archive that the image was
// read from. Their digest, the ImageID, is verified: kDataLoss. kNotFound when
// the image is gone from where it was.
absl::StatusOr<std::string> ConfigText(const proto::Image& image,
                                       const std::string& store);

}  // namespace cleat::derive

#endif  // CLEAT_LIB_DERIVE_CONFIG_TEXT_H_
