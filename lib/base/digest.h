#ifndef CLEAT_LIB_BASE_DIGEST_H_
#define CLEAT_LIB_BASE_DIGEST_H_

#include <openssl/sha.h>

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

// Content digests as OCI and Docker write them: "sha256:" and 64 lower-case
// hexadecimal digits (OCI image spec, descriptor.md, "Digests"). SHA-512 is
// registered there too, but nobody publishes images with it.

namespace cleat::base {

inline constexpr absl::string_view kSha256Prefix = "sha256:";
inline constexpr size_t kSha256HexSize = 64;

// 64 lower-case hexadecimal digits: a digest without its algorithm, safe as a
// file's name.
bool IsSha256Hex(absl::string_view text);

// A whole digest, "sha256:…".
bool IsDigest(absl::string_view text);

// kInvalidArgument, saying what a digest looks like, unless `text` is one;
// `what` names the field for the message.
absl::Status CheckDigest(absl::string_view text, absl::string_view what);

// The 64 digits of a valid digest.
absl::string_view DigestHex(absl::string_view digest);

// A running SHA-256. Uses libcrypto's low-level functions: EVP's would
// initialise the whole library first, a millisecond of a tool's start.
class Sha256 {
 public:
  Sha256();
  void Update(absl::string_view data);
  // The digest of all that was passed to Update. To be called once.
  std::string Finish();

 private:
  SHA256_CTX context_;
};

// The digest of `data`.
std::string DigestOf(absl::string_view data);

// kDataLoss, with both digests, unless `data` has `digest`; `what` names the
// data for the message.
absl::Status VerifyDigest(absl::string_view data, absl::string_view digest,
                          absl::string_view what);

// The ChainID of a layer (OCI image spec, config.md, "Layer ChainID"): that of
// the bottom layer, whose `parent` is empty, is its DiffID.
std::string ChainId(absl::string_view parent, absl::string_view diff_id);

}  // namespace cleat::base

#endif  // CLEAT_LIB_BASE_DIGEST_H_
