#include "lib/digest/digest.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace cleat::digest {
namespace {

constexpr size_t kHexDigits = 64;

bool IsLowerHex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

}  // namespace

bool IsSha256(absl::string_view text) {
  return absl::ConsumePrefix(&text, "sha256:") && text.size() == kHexDigits &&
         std::all_of(text.begin(), text.end(), IsLowerHex);
}

absl::StatusOr<absl::string_view> ParseHex(absl::string_view digest) {
  if (IsSha256(digest)) return absl::StripPrefix(digest, "sha256:");
  return absl::InvalidArgumentError(
      absl::StrCat("digest '", absl::CHexEscape(digest.substr(0, 100)),
                   "': must be sha256: and 64 lower-case hexadecimal digits"));
}

}  // namespace cleat::digest
