#ifndef CLEAT_LIB_COMPRESS_ZLIB_GZIP_SOURCE_H_
#define CLEAT_LIB_COMPRESS_ZLIB_GZIP_SOURCE_H_

#include <zlib.h>

#include "lib/compress/byte_source.h"
#include "lib/compress/chunk_source.h"

namespace cleat::compress {

// The decoder of MakeGzipSource that is always there. Memory: 40 KiB.
class ZlibGzipSource : public ByteSource {
 public:
  // Borrows `input`.
  explicit ZlibGzipSource(ChunkSource* input);
  ~ZlibGzipSource() override;
  ZlibGzipSource(const ZlibGzipSource&) = delete;
  ZlibGzipSource& operator=(const ZlibGzipSource&) = delete;

  absl::StatusOr<size_t> Read(char* buffer, size_t size) override;

 private:
  // True when there is input to inflate; false at the end of the input.
  absl::StatusOr<bool> Fill();
  absl::Status Inflate();

  ChunkSource* input_;
  z_stream stream_ = {};
  bool in_member_ = false;
  bool ended_ = false;
};

}  // namespace cleat::compress

#endif  // CLEAT_LIB_COMPRESS_ZLIB_GZIP_SOURCE_H_
