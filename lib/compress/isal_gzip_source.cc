#include "lib/compress/isal_gzip_source.h"

#ifdef CLEAT_HAVE_ISAL

#include <algorithm>
#include <limits>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"

namespace cleat::compress {
namespace {

struct Reason {
  int code;
  absl::string_view text;
};

// In zlib's words.
constexpr Reason kReasons[] = {
    {ISAL_INVALID_BLOCK, "invalid block"},
    {ISAL_INVALID_SYMBOL, "invalid code"},
    {ISAL_INVALID_LOOKBACK, "invalid distance too far back"},
    {ISAL_INVALID_WRAPPER, "incorrect header check"},
    {ISAL_UNSUPPORTED_METHOD, "unknown compression method"},
    {ISAL_INCORRECT_CHECKSUM, "incorrect data check"},
};

absl::Status Corrupt(int code) {
  for (const Reason& reason : kReasons) {
    if (reason.code != code) continue;
    return absl::DataLossError(
        absl::StrCat("corrupt gzip stream: ", reason.text));
  }
  return absl::DataLossError(absl::StrCat("corrupt gzip stream: error ", code));
}

}  // namespace

IsalGzipSource::IsalGzipSource(ChunkSource* input)
    : input_(input), state_(std::make_unique<inflate_state>()) {
  isal_inflate_init(state_.get());
  state_->crc_flag = ISAL_GZIP;
}

absl::StatusOr<bool> IsalGzipSource::Fill() {
  if (state_->avail_in > 0) return true;
  if (ended_) return false;
  CLEAT_ASSIGN_OR_RETURN(const absl::string_view chunk, input_->Next());
  ended_ = chunk.empty();
  // It only reads there.
  state_->next_in = reinterpret_cast<uint8_t*>(const_cast<char*>(chunk.data()));
  state_->avail_in = static_cast<uint32_t>(chunk.size());
  return !ended_;
}

absl::Status IsalGzipSource::Inflate() {
  if (!in_member_) isal_inflate_reset(state_.get());
  in_member_ = true;
  const int result = isal_inflate(state_.get());
  if (result < 0) return Corrupt(result);
  if (state_->block_state == ISAL_BLOCK_FINISH) in_member_ = false;
  return absl::OkStatus();
}

absl::StatusOr<size_t> IsalGzipSource::Read(char* buffer, size_t size) {
  constexpr size_t kMax = std::numeric_limits<uint32_t>::max();
  const auto wanted = static_cast<uint32_t>(std::min(size, kMax));
  state_->next_out = reinterpret_cast<uint8_t*>(buffer);
  state_->avail_out = wanted;
  while (state_->avail_out == wanted) {
    CLEAT_ASSIGN_OR_RETURN(const bool more, Fill());
    if (!more) {
      if (!in_member_) break;
      // What was read already may still hold bytes.
      CLEAT_RETURN_IF_ERROR(Inflate());
      if (in_member_ && state_->avail_out == wanted) {
        return absl::DataLossError("truncated gzip stream");
      }
      continue;
    }
    CLEAT_RETURN_IF_ERROR(Inflate());
  }
  return wanted - state_->avail_out;
}

}  // namespace cleat::compress

#endif  // CLEAT_HAVE_ISAL
