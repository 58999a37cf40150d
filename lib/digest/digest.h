#ifndef CLEAT_LIB_DIGEST_DIGEST_H_
#define CLEAT_LIB_DIGEST_DIGEST_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

// Digests as OCI writes them (image spec, descriptor.md, "Digests"): the
// algorithm, a colon, lower-case hexadecimal digits. They travel as plain
// strings; a digest that came from outside passes ParseHex before it is used
// as a file name.

namespace cleat::digest {

// Whether `text` is "sha256:" and exactly 64 digits 0-9a-f.
bool IsSha256(absl::string_view text);

// The 64 digits of such a digest, a view into it. kInvalidArgument for another
// algorithm, length or letter.
absl::StatusOr<absl::string_view> ParseHex(absl::string_view digest);

}  // namespace cleat::digest

#endif  // CLEAT_LIB_DIGEST_DIGEST_H_
