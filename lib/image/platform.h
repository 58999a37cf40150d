#ifndef CLEAT_LIB_IMAGE_PLATFORM_H_
#define CLEAT_LIB_IMAGE_PLATFORM_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "proto/image.pb.h"

// Platforms, in Go's words for operating systems and processors, and the
// choice among those that an index offers (OCI image spec, image-index.md,
// "platform"; the order of variants is containerd's).

namespace cleat::image {

// This machine's.
proto::Platform HostPlatform();

// "linux/arm/v7", "linux/amd64"; kInvalidArgument.
absl::StatusOr<proto::Platform> ParsePlatform(absl::string_view text);
std::string FormatPlatform(const proto::Platform& platform);

// Whether a program for `have` runs where `want` is asked for: the same
// system and processor, and no later variant. No variant is the oldest of
// amd64 (v1), the only one of arm64 (v8) and v7 of arm.
bool Runs(const proto::Platform& want, const proto::Platform& have);

// The position in `offered` of the best one for `want`: the latest variant
// that runs. kNotFound, listing what is offered, when none does.
absl::StatusOr<size_t> ChoosePlatform(
    const proto::Platform& want, const std::vector<proto::Platform>& offered);

// kNotFound unless an image for `have` was asked for, or none in particular;
// `name` is the image's, for the message.
absl::Status CheckPlatform(absl::string_view name,
                           const absl::optional<proto::Platform>& asked,
                           const proto::Platform& have);

}  // namespace cleat::image

#endif  // CLEAT_LIB_IMAGE_PLATFORM_H_
