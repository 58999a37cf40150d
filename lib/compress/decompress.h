#ifndef CLEAT_LIB_COMPRESS_DECOMPRESS_H_
#define CLEAT_LIB_COMPRESS_DECOMPRESS_H_

#include <memory>
#include <string>

#include "lib/compress/byte_source.h"
#include "lib/compress/format.h"

namespace cleat::compress {

// The plain bytes of a source in whatever form it is, found by its first
// bytes. It reads `input` to its end before its own end. This is the one place
// that chooses a decoder: a faster one goes in here.
class Decompressor : public ByteSource {
 public:
  // Borrows `input`.
  explicit Decompressor(ByteSource* input) : input_(input) {}

  absl::StatusOr<size_t> Read(char* buffer, size_t size) override;

  // Known once Read has been called.
  Format format() const { return format_; }

 private:
  // Gives the bytes that were read ahead to look at, then the input's.
  class Replay : public ByteSource {
   public:
    Replay(std::string start, ByteSource* input)
        : start_(std::move(start)), input_(input) {}
    absl::StatusOr<size_t> Read(char* buffer, size_t size) override;

   private:
    std::string start_;
    ByteSource* input_;
  };

  absl::Status Start();

  ByteSource* input_;
  Format format_ = Format::kPlain;
  std::unique_ptr<Replay> replay_;
  std::unique_ptr<ByteSource> decoder_;
};

}  // namespace cleat::compress

#endif  // CLEAT_LIB_COMPRESS_DECOMPRESS_H_
