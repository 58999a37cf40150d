#include "lib/compress/format.h"

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace cleat::compress {
namespace {

struct Magic {
  absl::string_view bytes;
  Format format;
  absl::string_view unsupported;
};

constexpr Magic kMagics[] = {
    {"\x1f\x8b", Format::kGzip, ""},
    {"\x28\xb5\x2f\xfd", Format::kZstd, ""},
    {"BZh", Format::kPlain, "bzip2"},
    {absl::string_view("\xfd\x37zXZ\0", 6), Format::kPlain, "xz"},
};

// Skippable frames have the magics 0x184d2a50 to 0x184d2a5f, little-endian.
bool IsSkippableFrame(absl::string_view start) {
  return start.size() >= 4 && (start[0] & 0xf0) == 0x50 &&
         start.substr(1, 3) == "\x2a\x4d\x18";
}

}  // namespace

absl::StatusOr<Format> DetectFormat(absl::string_view start) {
  for (const Magic& magic : kMagics) {
    if (!absl::StartsWith(start, magic.bytes)) continue;
    if (magic.unsupported.empty()) return magic.format;
    return absl::InvalidArgumentError(
        absl::StrCat("compressed with ", magic.unsupported,
                     ": only gzip, zstd and plain are read"));
  }
  return IsSkippableFrame(start) ? Format::kZstd : Format::kPlain;
}

absl::string_view FormatName(Format format) {
  switch (format) {
    case Format::kPlain:
      return "none";
    case Format::kGzip:
      return "gzip";
    case Format::kZstd:
      return "zstd";
  }
  return "";
}

}  // namespace cleat::compress
