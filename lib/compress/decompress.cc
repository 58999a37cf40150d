#include "lib/compress/decompress.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "lib/base/status_macros.h"
#include "lib/compress/gzip_source.h"
#include "lib/compress/zstd_source.h"

namespace cleat::compress {
namespace {

// Reads kMagicSize bytes, less only when there are no more.
absl::StatusOr<std::string> ReadStart(ByteSource* input) {
  std::string start(kMagicSize, '\0');
  size_t used = 0;
  while (used < start.size()) {
    CLEAT_ASSIGN_OR_RETURN(const size_t count,
                           input->Read(&start[used], start.size() - used));
    if (count == 0) break;
    used += count;
  }
  start.resize(used);
  return start;
}

}  // namespace

absl::StatusOr<size_t> Decompressor::Replay::Read(char* buffer, size_t size) {
  if (start_.empty()) return input_->Read(buffer, size);
  const size_t count = std::min(size, start_.size());
  memcpy(buffer, start_.data(), count);
  start_.erase(0, count);
  return count;
}

absl::Status Decompressor::Start() {
  CLEAT_ASSIGN_OR_RETURN(std::string start, ReadStart(input_));
  CLEAT_ASSIGN_OR_RETURN(format_, DetectFormat(start));
  replay_ = std::make_unique<Replay>(std::move(start), input_);
  if (format_ == Format::kGzip) {
    decoder_ = MakeGzipSource(replay_.get());
  } else if (format_ == Format::kZstd) {
    decoder_ = std::make_unique<ZstdSource>(replay_.get());
  }
  return absl::OkStatus();
}

absl::StatusOr<size_t> Decompressor::Read(char* buffer, size_t size) {
  if (replay_ == nullptr) CLEAT_RETURN_IF_ERROR(Start());
  ByteSource* source = decoder_ != nullptr ? decoder_.get() : replay_.get();
  return source->Read(buffer, size);
}

}  // namespace cleat::compress
