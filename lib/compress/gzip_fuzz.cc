#include <stdlib.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "lib/compress/byte_source.h"
#include "lib/compress/chunks.h"
#include "lib/compress/gzip_source.h"
#include "lib/compress/zlib_gzip_source.h"

namespace {

constexpr size_t kEnough = size_t{1} << 20;

// What a decoder makes of the input; whether it ended well.
struct Result {
  std::string bytes;
  bool ok = true;
};

Result ReadAll(cleat::compress::ByteSource& source, size_t piece) {
  Result result;
  std::string buffer(piece, '\0');
  while (result.bytes.size() < kEnough) {
    const absl::StatusOr<size_t> count = source.Read(&buffer[0], piece);
    result.ok = count.ok();
    if (!count.ok() || *count == 0) break;
    result.bytes.append(buffer, 0, *count);
  }
  return result;
}

}  // namespace

// Whatever the input, reading ends: with bytes or with an error; and where two
// decoders find nothing wrong, they give the same bytes. (zlib alone refuses
// reserved flags in a header.)
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view input(reinterpret_cast<const char*>(data), size);
  const size_t piece = size % 7 == 0 ? 1 : size % 7 * 300;
  cleat::compress::StringSource for_zlib(input);
  const auto zlib_chunks = cleat::compress::ReadInPlace(&for_zlib);
  cleat::compress::ZlibGzipSource zlib(zlib_chunks.get());
  const Result expected = ReadAll(zlib, piece);
  cleat::compress::StringSource for_other(input);
  const auto other_chunks = cleat::compress::ReadInPlace(&for_other);
  const auto other = cleat::compress::MakeGzipSource(other_chunks.get());
  const Result result = ReadAll(*other, piece);
  if (expected.ok && !result.ok) abort();
  if (expected.ok && result.bytes != expected.bytes) abort();
  return 0;
}
