#include "lib/digest/sha256.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "lib/digest/sha256_blocks.h"

// Deprecated in OpenSSL 3 in favour of EVP, which is why they are fast to
// start; see the header.
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

namespace cleat::digest {
namespace {

constexpr size_t kBlock = SHA256_CBLOCK;

}  // namespace

Sha256::Sha256() { SHA256_Init(&context_); }

void Sha256::Update(absl::string_view data) {
  SHA256_Update(&context_, data.data(), data.size());
}

void Sha256::CompleteBlock(absl::string_view* data) {
  if (context_.num == 0) return;
  const absl::string_view start = data->substr(0, kBlock - context_.num);
  Update(start);
  data->remove_prefix(start.size());
}

void Sha256::Skip(size_t blocks, absl::string_view* data) {
  const uint64_t bits =
      (uint64_t{context_.Nh} << 32 | context_.Nl) + blocks * kBlock * 8;
  context_.Nh = static_cast<SHA_LONG>(bits >> 32);
  context_.Nl = static_cast<SHA_LONG>(bits);
  data->remove_prefix(blocks * kBlock);
}

void Sha256::UpdateBoth(Sha256* first, absl::string_view first_data,
                        Sha256* second, absl::string_view second_data) {
  first->CompleteBlock(&first_data);
  second->CompleteBlock(&second_data);
  const size_t blocks =
      std::min(first_data.size(), second_data.size()) / kBlock;
  if (blocks > 0 && HashTwo(first->context_.h, first_data.data(),
                            second->context_.h, second_data.data(), blocks)) {
    first->Skip(blocks, &first_data);
    second->Skip(blocks, &second_data);
  }
  first->Update(first_data);
  second->Update(second_data);
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
