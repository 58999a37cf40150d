#ifndef CLEAT_LIB_DIGEST_SHA256_H_
#define CLEAT_LIB_DIGEST_SHA256_H_

#include <openssl/sha.h>

#include <string>

#include "absl/strings/string_view.h"

namespace cleat::digest {

// A streaming SHA-256. Uses OpenSSL's low-level functions, which need no
// initialisation of the library: EVP costs a millisecond at a tool's start.
class Sha256 {
 public:
  Sha256();

  void Update(absl::string_view data);

  // "sha256:" and 64 hexadecimal digits of all data so far. Ends the hash: no
  // call may follow.
  std::string Finish();

 private:
  SHA256_CTX context_;
};

// The digest of `data`: "sha256:…".
std::string Sha256Of(absl::string_view data);

}  // namespace cleat::digest

#endif  // CLEAT_LIB_DIGEST_SHA256_H_
