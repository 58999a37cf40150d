#ifndef CLEAT_LIB_IMAGE_CONFIG_H_
#define CLEAT_LIB_IMAGE_CONFIG_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "proto/image.pb.h"

// An image's config: the JSON whose digest is the ImageID (OCI image spec,
// config.md; Docker's image spec v1.2 is the same with more fields).

namespace cleat::image {

struct Config {
  proto::Platform platform;
  proto::ImageConfig run;
  // DiffIDs of the layers, bottom first.
  std::vector<std::string> diff_ids;
  // RFC 3339; empty where the config has none.
  std::string created;
};

// The largest number of layers that are taken: the kernel's overlayfs stops at
// 500.
inline constexpr size_t kMaxLayers = 500;

// Parses `text`; `name` stands for it in messages. kInvalidArgument, naming
// the field, for what is no image's config, an artifact's for example.
absl::StatusOr<Config> ParseConfig(std::string text, absl::string_view name);

}  // namespace cleat::image

#endif  // CLEAT_LIB_IMAGE_CONFIG_H_
