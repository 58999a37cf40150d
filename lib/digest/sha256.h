#ifndef CLEAT_LIB_DIGEST_SHA256_H_
#define CLEAT_LIB_DIGEST_SHA256_H_

#include <openssl/sha.h>

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace cleat::digest {

// A streaming SHA-256. Uses OpenSSL's low-level functions, which need no
// initialisation of the library: EVP costs a millisecond at a tool's start.
class Sha256 {
 public:
  Sha256();

  void Update(absl::string_view data);

  // Adds the next data of two streams. Every round of SHA-256 waits for the one
  // before it, so a CPU with instructions for it can do a second stream's
  // meanwhile: both take the time of the longer one.
  static void UpdateBoth(Sha256* first, absl::string_view first_data,
                         Sha256* second, absl::string_view second_data);

  // "sha256:" and 64 hexadecimal digits of all data so far. Ends the hash: no
  // call may follow.
  std::string Finish();

 private:
  // Updates with the start of `data` that completes the block begun, if any.
  void CompleteBlock(absl::string_view* data);
  // Counts the start of `data` as added.
  void Skip(size_t blocks, absl::string_view* data);

  SHA256_CTX context_;
};

// The digest of `data`: "sha256:…".
std::string Sha256Of(absl::string_view data);

}  // namespace cleat::digest

#endif  // CLEAT_LIB_DIGEST_SHA256_H_
