#ifndef CLEAT_LIB_COMPRESS_DECOMPRESS_H_
#define CLEAT_LIB_COMPRESS_DECOMPRESS_H_

#include <memory>

#include "absl/strings/string_view.h"
#include "lib/compress/byte_source.h"
#include "lib/compress/chunk_source.h"
#include "lib/compress/format.h"

namespace cleat::compress {

// The plain bytes of a source in whatever form it is, found by its first
// bytes. It reads `input` to its end before its own end. This is the one place
// that chooses a decoder: a faster one goes in here.
class Decompressor : public ByteSource {
 public:
  // Borrows `input`.
  explicit Decompressor(ChunkSource* input) : input_(input) {}
  explicit Decompressor(ByteSource* input);

  absl::StatusOr<size_t> Read(char* buffer, size_t size) override;

  // Known once Read has been called.
  Format format() const { return format_; }

 private:
  absl::Status Start();

  std::unique_ptr<ChunkSource> owned_;
  ChunkSource* input_;
  Format format_ = Format::kPlain;
  // `input_` from its first byte on.
  std::unique_ptr<ChunkSource> replay_;
  std::unique_ptr<ByteSource> decoder_;
};

}  // namespace cleat::compress

#endif  // CLEAT_LIB_COMPRESS_DECOMPRESS_H_
