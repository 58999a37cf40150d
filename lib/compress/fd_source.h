#ifndef CLEAT_LIB_COMPRESS_FD_SOURCE_H_
#define CLEAT_LIB_COMPRESS_FD_SOURCE_H_

#include <cstdint>

#include "lib/compress/byte_source.h"

namespace cleat::compress {

// The `size` bytes of a file from `offset` on, wherever the descriptor stands:
// several sources may share one. kDataLoss when the file is shorter.
class FileSource : public ByteSource {
 public:
  // Borrows `fd`.
  FileSource(int fd, int64_t offset, int64_t size)
      : fd_(fd), offset_(offset), left_(size) {}

  absl::StatusOr<size_t> Read(char* buffer, size_t size) override;

 private:
  int fd_;
  int64_t offset_;
  int64_t left_;
};

// What a descriptor (a pipe, a file from where it stands) gives to its end.
class StreamSource : public ByteSource {
 public:
  // Borrows `fd`.
  explicit StreamSource(int fd) : fd_(fd) {}

  absl::StatusOr<size_t> Read(char* buffer, size_t size) override;

 private:
  int fd_;
};

}  // namespace cleat::compress

#endif  // CLEAT_LIB_COMPRESS_FD_SOURCE_H_
