#ifndef CLEAT_LIB_TARSPLIT_CRC64_PORTABLE_H_
#define CLEAT_LIB_TARSPLIT_CRC64_PORTABLE_H_

#include <cstdint>

#include "absl/strings/string_view.h"

namespace cleat::tarsplit {

// The sum of Crc64 with `data` added; that of no bytes is 0. For builds without
// ISA-L: half as fast for large data, a quarter for small.
uint64_t UpdateCrc64Portably(uint64_t sum, absl::string_view data);

}  // namespace cleat::tarsplit

#endif  // CLEAT_LIB_TARSPLIT_CRC64_PORTABLE_H_
