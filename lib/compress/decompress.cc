#include "lib/compress/decompress.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include "lib/base/status_macros.h"
#include "lib/compress/chunks.h"
#include "lib/compress/gzip_source.h"
#include "lib/compress/zstd_source.h"

namespace cleat::compress {
namespace {

// Gives the chunk that was looked at, then the input's.
class Replay : public ChunkSource {
 public:
  explicit Replay(ChunkSource* input) : input_(input) {}

  // The first chunk, of kMagicSize bytes at least unless there are no more.
  absl::StatusOr<absl::string_view> Look() {
    CLEAT_ASSIGN_OR_RETURN(first_, Get());
    if (first_.size() >= kMagicSize || ended_) return first_;
    gathered_ = std::string(first_);
    while (gathered_.size() < kMagicSize && !ended_) {
      CLEAT_ASSIGN_OR_RETURN(const absl::string_view more, Get());
      gathered_.append(more.data(), more.size());
    }
    first_ = gathered_;
    return first_;
  }

  absl::StatusOr<absl::string_view> Next() override {
    if (!first_.empty()) return std::exchange(first_, absl::string_view());
    if (ended_) return absl::string_view();
    return Get();
  }

 private:
  absl::StatusOr<absl::string_view> Get() {
    absl::StatusOr<absl::string_view> chunk = input_->Next();
    ended_ = chunk.ok() && chunk->empty();
    return chunk;
  }

  ChunkSource* input_;
  std::string gathered_;
  absl::string_view first_;
  bool ended_ = false;
};

class Plain : public ByteSource {
 public:
  explicit Plain(ChunkSource* input) : input_(input) {}

  absl::StatusOr<size_t> Read(char* buffer, size_t size) override {
    if (rest_.empty()) {
      CLEAT_ASSIGN_OR_RETURN(rest_, input_->Next());
      if (rest_.empty()) return 0;
    }
    const size_t count = std::min(size, rest_.size());
    memcpy(buffer, rest_.data(), count);
    rest_.remove_prefix(count);
    return count;
  }

 private:
  ChunkSource* input_;
  absl::string_view rest_;
};

std::unique_ptr<ByteSource> DecoderOf(Format format, ChunkSource* input) {
  switch (format) {
    case Format::kGzip:
      return MakeGzipSource(input);
    case Format::kZstd:
      return std::make_unique<ZstdSource>(input);
    case Format::kPlain:
      break;
  }
  return std::make_unique<Plain>(input);
}

}  // namespace

Decompressor::Decompressor(ByteSource* input)
    : owned_(ReadInPlace(input)), input_(owned_.get()) {}

absl::Status Decompressor::Start() {
  auto replay = std::make_unique<Replay>(input_);
  CLEAT_ASSIGN_OR_RETURN(const absl::string_view start, replay->Look());
  CLEAT_ASSIGN_OR_RETURN(format_, DetectFormat(start));
  replay_ = std::move(replay);
  decoder_ = DecoderOf(format_, replay_.get());
  return absl::OkStatus();
}

absl::StatusOr<size_t> Decompressor::Read(char* buffer, size_t size) {
  if (decoder_ == nullptr) CLEAT_RETURN_IF_ERROR(Start());
  return decoder_->Read(buffer, size);
}

}  // namespace cleat::compress
