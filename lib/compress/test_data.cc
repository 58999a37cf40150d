#include "lib/compress/test_data.h"

#include <zlib.h>
#include <zstd.h>

#include <cstdint>

#include "lib/base/status_macros.h"

namespace cleat::compress {

std::string GzipForTest(absl::string_view data) {
  z_stream stream = {};
  deflateInit2(&stream, 6, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, data.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data.data()));
  stream.avail_in = static_cast<uInt>(data.size());
  stream.next_out = reinterpret_cast<Bytef*>(&out[0]);
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string ZstdForTest(absl::string_view data) {
  std::string out(ZSTD_compressBound(data.size()), '\0');
  ZSTD_CCtx* context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  out.resize(
      ZSTD_compress2(context, &out[0], out.size(), data.data(), data.size()));
  ZSTD_freeCCtx(context);
  return out;
}

absl::StatusOr<std::string> ReadToEnd(ByteSource* source, size_t piece) {
  std::string all;
  std::string buffer(piece, '\0');
  while (true) {
    CLEAT_ASSIGN_OR_RETURN(const size_t count, source->Read(&buffer[0], piece));
    if (count == 0) return all;
    all.append(buffer, 0, count);
  }
}

std::string SampleData(size_t size) {
  std::string data(size, '\0');
  uint32_t state = 1;
  for (char& c : data) {
    state = state * 1664525 + 1013904223;
    c = static_cast<char>('a' + (state >> 28));
  }
  return data;
}

}  // namespace cleat::compress
