#ifndef CLEAT_LIB_COMPRESS_BYTE_SOURCE_H_
#define CLEAT_LIB_COMPRESS_BYTE_SOURCE_H_

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace cleat::compress {

// Bytes that are pulled. Decoders are sources that read another source.
class ByteSource {
 public:
  virtual ~ByteSource() = default;

  // Writes between 1 and `size` bytes to `buffer` and returns how many; 0 only
  // at the end. `size` is not 0. After an error or the end it is not called
  // again.
  virtual absl::StatusOr<size_t> Read(char* buffer, size_t size) = 0;
};

// Bytes in memory, which must outlive the source.
class StringSource : public ByteSource {
 public:
  explicit StringSource(absl::string_view data) : data_(data) {}

  absl::StatusOr<size_t> Read(char* buffer, size_t size) override {
    const size_t count = std::min(size, data_.size());
    memcpy(buffer, data_.data(), count);
    data_.remove_prefix(count);
    return count;
  }

 private:
  absl::string_view data_;
};

}  // namespace cleat::compress

#endif  // CLEAT_LIB_COMPRESS_BYTE_SOURCE_H_
