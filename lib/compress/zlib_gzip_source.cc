#include "lib/compress/zlib_gzip_source.h"

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"

namespace cleat::compress {
namespace {

constexpr size_t kInputSize = 64 << 10;
// The largest window, and 16 for a gzip header instead of a zlib one.
constexpr int kWindowBits = MAX_WBITS + 16;

}  // namespace

ZlibGzipSource::ZlibGzipSource(ByteSource* input)
    : input_(input), compressed_(kInputSize, '\0') {
  // Fails only for want of memory, and then Inflate says so.
  inflateInit2(&stream_, kWindowBits);
}

ZlibGzipSource::~ZlibGzipSource() { inflateEnd(&stream_); }

absl::StatusOr<bool> ZlibGzipSource::Fill() {
  if (stream_.avail_in > 0) return true;
  CLEAT_ASSIGN_OR_RETURN(const size_t count,
                         input_->Read(&compressed_[0], compressed_.size()));
  stream_.next_in = reinterpret_cast<Bytef*>(&compressed_[0]);
  stream_.avail_in = static_cast<uInt>(count);
  return count > 0;
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
