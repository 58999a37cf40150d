#include "lib/compress/zstd_source.h"

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"

namespace cleat::compress {
namespace {

constexpr int kWindowLogMax = 27;

}  // namespace

ZstdSource::ZstdSource(ChunkSource* input)
    : input_(input), context_(ZSTD_createDCtx()) {
  ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax, kWindowLogMax);
}

absl::Status ZstdSource::Fill() {
  CLEAT_ASSIGN_OR_RETURN(const absl::string_view chunk, input_->Next());
  in_ = {chunk.data(), chunk.size(), 0};
  ended_ = chunk.empty();
  return absl::OkStatus();
}

absl::Status ZstdSource::Decompress(ZSTD_outBuffer* out) {
  expected_ = ZSTD_decompressStream(context_.get(), out, &in_);
  if (!ZSTD_isError(expected_)) return absl::OkStatus();
  return absl::DataLossError(
      absl::StrCat("corrupt zstd stream: ", ZSTD_getErrorName(expected_)));
}

absl::StatusOr<size_t> ZstdSource::Read(char* buffer, size_t size) {
  ZSTD_outBuffer out = {buffer, size, 0};
  while (out.pos == 0) {
    if (in_.pos == in_.size && !ended_) CLEAT_RETURN_IF_ERROR(Fill());
    if (ended_ && expected_ == 0) return 0;
    // Without input this still flushes what the decoder holds.
    CLEAT_RETURN_IF_ERROR(Decompress(&out));
    if (ended_ && out.pos == 0 && expected_ != 0) {
      return absl::DataLossError("truncated zstd stream");
    }
  }
  return out.pos;
}

}  // namespace cleat::compress
