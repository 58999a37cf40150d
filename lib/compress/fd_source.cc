#include "lib/compress/fd_source.h"

#include <unistd.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "lib/sys/errno.h"

namespace cleat::compress {

absl::StatusOr<size_t> FileSource::Read(char* buffer, size_t size) {
  const size_t wanted = std::min<uint64_t>(size, static_cast<uint64_t>(left_));
  if (wanted == 0) return 0;
  const ssize_t count =
      sys::RetryOnEintr([&] { return pread(fd_, buffer, wanted, offset_); });
  if (count < 0) return sys::ErrnoError("read");
  if (count == 0) {
    return absl::DataLossError(
        absl::StrCat("truncated: ", left_, " bytes are missing"));
  }
  offset_ += count;
  left_ -= count;
  return static_cast<size_t>(count);
}

absl::StatusOr<size_t> StreamSource::Read(char* buffer, size_t size) {
  const ssize_t count =
      sys::RetryOnEintr([&] { return read(fd_, buffer, size); });
  if (count < 0) return sys::ErrnoError("read");
  return static_cast<size_t>(count);
}

}  // namespace cleat::compress
