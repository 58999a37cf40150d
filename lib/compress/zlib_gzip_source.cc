#include "lib/compress/zlib_gzip_source.h"

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"

namespace cleat::compress {
namespace {

// The largest window, and 16 for a gzip header instead of a zlib one.
constexpr int kWindowBits = MAX_WBITS + 16;

}  // namespace

ZlibGzipSource::ZlibGzipSource(ChunkSource* input) : input_(input) {
  // Fails only for want of memory, and then Inflate says so.
  inflateInit2(&stream_, kWindowBits);
}

ZlibGzipSource::~ZlibGzipSource() { inflateEnd(&stream_); }

absl::StatusOr<bool> ZlibGzipSource::Fill() {
  if (stream_.avail_in > 0) return true;
  if (ended_) return false;
  CLEAT_ASSIGN_OR_RETURN(const absl::string_view chunk, input_->Next());
  ended_ = chunk.empty();
  // It only reads there.
  stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(chunk.data()));
  stream_.avail_in = static_cast<uInt>(chunk.size());
  return !ended_;
}

absl::Status ZlibGzipSource::Inflate() {
  if (!in_member_) inflateReset(&stream_);
  in_member_ = true;
  const int result = inflate(&stream_, Z_NO_FLUSH);
  if (result == Z_STREAM_END) in_member_ = false;
  // Z_BUF_ERROR only says that this call could do nothing.
  if (result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR) {
    return absl::OkStatus();
  }
  return absl::DataLossError(
      absl::StrCat("corrupt gzip stream: ",
                   stream_.msg != nullptr ? stream_.msg : zError(result)));
}

absl::StatusOr<size_t> ZlibGzipSource::Read(char* buffer, size_t size) {
  stream_.next_out = reinterpret_cast<Bytef*>(buffer);
  stream_.avail_out = static_cast<uInt>(size);
  while (stream_.avail_out == size) {
    CLEAT_ASSIGN_OR_RETURN(const bool more, Fill());
    if (!more && in_member_) {
      return absl::DataLossError("truncated gzip stream");
    }
    if (!more) break;
    CLEAT_RETURN_IF_ERROR(Inflate());
  }
  return size - stream_.avail_out;
}

}  // namespace cleat::compress
