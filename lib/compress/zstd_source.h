#ifndef CLEAT_LIB_COMPRESS_ZSTD_SOURCE_H_
#define CLEAT_LIB_COMPRESS_ZSTD_SOURCE_H_

#include <zstd.h>

#include <memory>

#include "lib/compress/byte_source.h"
#include "lib/compress/chunk_source.h"

namespace cleat::compress {

// Decompresses zstd (RFC 8878): any number of frames, skippable ones passed
// over, up to the end of the input; so zstd:chunked is a plain stream.
// kDataLoss when it ends within a frame or is corrupt. Memory: the frame's
// window, at most 128 MiB (zstd's own default limit), beyond which it is
// refused.
class ZstdSource : public ByteSource {
 public:
  // Borrows `input`.
  explicit ZstdSource(ChunkSource* input);

  absl::StatusOr<size_t> Read(char* buffer, size_t size) override;

 private:
  struct Free {
    void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
  };

  // Sets ended_ when there is no more.
  absl::Status Fill();
  absl::Status Decompress(ZSTD_outBuffer* out);

  ChunkSource* input_;
  ZSTD_inBuffer in_ = {};
  std::unique_ptr<ZSTD_DCtx, Free> context_;
  bool ended_ = false;
  // What the decoder last returned: 0 between two frames.
  size_t expected_ = 0;
};

}  // namespace cleat::compress

#endif  // CLEAT_LIB_COMPRESS_ZSTD_SOURCE_H_
