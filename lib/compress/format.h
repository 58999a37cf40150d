#ifndef CLEAT_LIB_COMPRESS_FORMAT_H_
#define CLEAT_LIB_COMPRESS_FORMAT_H_

#include <cstddef>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace cleat::compress {

enum class Format { kPlain, kGzip, kZstd };

// How many of the first bytes DetectFormat looks at.
inline constexpr size_t kMagicSize = 6;

// What the first bytes say: gzip's magic (RFC 1952, 2.3.1), zstd's frame or
// skippable frame (RFC 8878, 3.1), anything else is plain. Media types are
// never asked: registries and archives have them wrong. kInvalidArgument for
// bzip2 and xz, which nothing here reads.
absl::StatusOr<Format> DetectFormat(absl::string_view start);

// "none", "gzip", "zstd": as skopeo and buildah name them.
absl::string_view FormatName(Format format);

}  // namespace cleat::compress

#endif  // CLEAT_LIB_COMPRESS_FORMAT_H_
