#include "lib/tarsplit/crc64.h"

#ifdef CLEAT_HAVE_ISAL
#include "isa-l/crc64.h"
#else
#include "lib/tarsplit/crc64_portable.h"
#endif

namespace cleat::tarsplit {

void Crc64::Update(absl::string_view data) {
#ifdef CLEAT_HAVE_ISAL
  sum_ = crc64_iso_refl(
      sum_, reinterpret_cast<const unsigned char*>(data.data()), data.size());
#else
  sum_ = UpdateCrc64Portably(sum_, data);
#endif
}

std::string Crc64::Bytes() const {
  std::string bytes;
  for (int shift = 56; shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<char>(sum_ >> shift));
  }
  return bytes;
}

}  // namespace cleat::tarsplit
