#ifndef CLEAT_LIB_DIGEST_VERIFIER_H_
#define CLEAT_LIB_DIGEST_VERIFIER_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "lib/digest/sha256.h"

namespace cleat::digest {

// Checks that bytes which pass by are those that a descriptor promised: digest
// and size. Nothing of them may be believed before Finish said so.
class Verifier {
 public:
  // `size` in bytes; -1 where the source promises none.
  Verifier(absl::string_view digest, int64_t size)
      : digest_(digest), size_(size) {}

  // kDataLoss as soon as more bytes come than were promised.
  absl::Status Update(absl::string_view data);

  // kDataLoss when size or digest differ, naming both values. Call it once.
  absl::Status Finish();

 private:
  std::string digest_;
  int64_t size_;
  int64_t seen_ = 0;
  Sha256 hash_;
};

// The same for bytes in memory.
absl::Status Verify(absl::string_view data, absl::string_view digest,
                    int64_t size);

}  // namespace cleat::digest

#endif  // CLEAT_LIB_DIGEST_VERIFIER_H_
