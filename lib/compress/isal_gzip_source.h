#ifndef CLEAT_LIB_COMPRESS_ISAL_GZIP_SOURCE_H_
#define CLEAT_LIB_COMPRESS_ISAL_GZIP_SOURCE_H_

#ifdef CLEAT_HAVE_ISAL

#include <memory>

#include "isa-l/igzip_lib.h"
#include "lib/compress/byte_source.h"
#include "lib/compress/chunk_source.h"

namespace cleat::compress {

// The decoder of MakeGzipSource that is four times as fast as zlib. Wants
// large buffers and chunks: it copies its window of 32 KiB for each. Memory:
// 90 KiB.
class IsalGzipSource : public ByteSource {
 public:
  // Borrows `input`.
  explicit IsalGzipSource(ChunkSource* input);

  absl::StatusOr<size_t> Read(char* buffer, size_t size) override;

 private:
  // True when there is input to inflate; false at the end of the input.
  absl::StatusOr<bool> Fill();
  absl::Status Inflate();

  ChunkSource* input_;
  std::unique_ptr<inflate_state> state_;
  bool in_member_ = false;
  bool ended_ = false;
};

}  // namespace cleat::compress

#endif  // CLEAT_HAVE_ISAL

#endif  // CLEAT_LIB_COMPRESS_ISAL_GZIP_SOURCE_H_
