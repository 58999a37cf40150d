// Deprecated in OpenSSL 3 in favour of EVP, see Sha256's comment.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "lib/base/digest.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace cleat::base {
namespace {

bool IsLowerHexDigit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

}  // namespace

bool IsSha256Hex(absl::string_view text) {
  return text.size() == kSha256HexSize &&
         std::all_of(text.begin(), text.end(), IsLowerHexDigit);
}

bool IsDigest(absl::string_view text) {
  return absl::ConsumePrefix(&text, kSha256Prefix) && IsSha256Hex(text);
}

absl::Status CheckDigest(absl::string_view text, absl::string_view what) {
  if (IsDigest(text)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(what, ": '", absl::CHexEscape(text.substr(0, 200)),
                   "' is no digest (\"sha256:\" and 64 lower-case "
                   "hexadecimal digits)"));
}

absl::string_view DigestHex(absl::string_view digest) {
  return absl::StripPrefix(digest, kSha256Prefix);
}

Sha256::Sha256() { SHA256_Init(&context_); }

void Sha256::Update(absl::string_view data) {
  SHA256_Update(&context_, data.data(), data.size());
}

std::string Sha256::Finish() {
  char hash[SHA256_DIGEST_LENGTH];
  SHA256_Final(reinterpret_cast<unsigned char*>(hash), &context_);
  return absl::StrCat(kSha256Prefix, absl::BytesToHexString(absl::string_view(
                                         hash, sizeof(hash))));
}

std::string DigestOf(absl::string_view data) {
  Sha256 sha256;
  sha256.Update(data);
  return sha256.Finish();
}

absl::Status VerifyDigest(absl::string_view data, absl::string_view digest,
                          absl::string_view what) {
  const std::string actual = DigestOf(data);
  if (actual == digest) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat("verify ", what, ": its digest is ",
                                          actual, ", not ", digest,
                                          ": it is corrupt"));
}

std::string ChainId(absl::string_view parent, absl::string_view diff_id) {
  if (parent.empty()) return std::string(diff_id);
  return DigestOf(absl::StrCat(parent, " ", diff_id));
}

}  // namespace cleat::base
