#include "lib/digest/verifier.h"

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"

namespace cleat::digest {

absl::Status Verifier::Update(absl::string_view data) {
  seen_ += static_cast<int64_t>(data.size());
  if (size_ >= 0 && seen_ > size_) {
    return absl::DataLossError(
        absl::StrCat("blob is larger than the promised ", size_, " bytes"));
  }
  hash_.Update(data);
  return absl::OkStatus();
}

absl::Status Verifier::Finish() {
  if (size_ >= 0 && seen_ != size_) {
    return absl::DataLossError(
        absl::StrCat("blob has ", seen_, " bytes, not ", size_));
  }
  const std::string digest = hash_.Finish();
  if (digest == digest_) return absl::OkStatus();
  return absl::DataLossError(
      absl::StrCat("digest is ", digest, ", not ", digest_));
}

absl::Status Verify(absl::string_view data, absl::string_view digest,
                    int64_t size) {
  Verifier verifier(digest, size);
  CLEAT_RETURN_IF_ERROR(verifier.Update(data));
  return verifier.Finish();
}

}  // namespace cleat::digest
