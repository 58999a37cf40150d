#ifndef CLEAT_LIB_TARSPLIT_CRC64_H_
#define CLEAT_LIB_TARSPLIT_CRC64_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace cleat::tarsplit {

// A streaming CRC-64 of ISO 3309 (x^64 + x^4 + x^3 + x + 1, bits reflected,
// begun and ended with all ones): what Go's hash/crc64 calls crc64.ISO.
class Crc64 {
 public:
  void Update(absl::string_view data);

  // Of all bytes so far: the 8 bytes of the sum, the highest first.
  std::string Bytes() const;

 private:
  uint64_t sum_ = 0;
};

}  // namespace cleat::tarsplit

#endif  // CLEAT_LIB_TARSPLIT_CRC64_H_
