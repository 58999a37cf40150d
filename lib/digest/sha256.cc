#include "lib/digest/sha256.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

// Deprecated in OpenSSL 3 in favour of EVP, which is why they are fast to
// start; see the header.
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

namespace cleat::digest {

Sha256::Sha256() { SHA256_Init(&context_); }

void Sha256::Update(absl::string_view data) {
  SHA256_Update(&context_, data.data(), data.size());
}

std::string Sha256::Finish() {
  std::string bytes(SHA256_DIGEST_LENGTH, '\0');
  SHA256_Final(reinterpret_cast<unsigned char*>(&bytes[0]), &context_);
  return absl::StrCat("sha256:", absl::BytesToHexString(bytes));
}

std::string Sha256Of(absl::string_view data) {
  Sha256 hash;
  hash.Update(data);
  return hash.Finish();
}

}  // namespace cleat::digest
