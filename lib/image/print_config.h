#ifndef CLEAT_LIB_IMAGE_PRINT_CONFIG_H_
#define CLEAT_LIB_IMAGE_PRINT_CONFIG_H_

#include <string>

#include "absl/strings/string_view.h"
#include "lib/image/config.h"

namespace cleat::image {

// The JSON of a new image's config (OCI image spec, config.md), with one entry
// of history that says `comment`. The same config gives the same bytes, and so
// the same ImageID: members are in alphabetical order, as Docker's are.
std::string PrintConfig(const Config& config, absl::string_view comment);

}  // namespace cleat::image

#endif  // CLEAT_LIB_IMAGE_PRINT_CONFIG_H_
