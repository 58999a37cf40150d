#include <cstddef>
#include <cstdint>

#include "lib/log/reader.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static_cast<void>(cleat::log::ParseEntry(
      absl::string_view(reinterpret_cast<const char*>(data), size)));
  return 0;
}
