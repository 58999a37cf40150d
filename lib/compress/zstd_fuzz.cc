#include <cstddef>
#include <cstdint>

#include "lib/compress/byte_source.h"
#include "lib/compress/chunks.h"
#include "lib/compress/zstd_source.h"

// Whatever the input, reading ends: with bytes or with an error.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  cleat::compress::StringSource input(
      absl::string_view(reinterpret_cast<const char*>(data), size));
  const auto chunks = cleat::compress::ReadInPlace(&input);
  cleat::compress::ZstdSource source(chunks.get());
  char buffer[1024];
  size_t total = 0;
  while (total < (size_t{1} << 20)) {
    const absl::StatusOr<size_t> count = source.Read(buffer, sizeof(buffer));
    if (!count.ok() || *count == 0) break;
    total += *count;
  }
  return 0;
}
