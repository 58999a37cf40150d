#ifndef CLEAT_LIB_COMPRESS_GZIP_SOURCE_H_
#define CLEAT_LIB_COMPRESS_GZIP_SOURCE_H_

#include <zlib.h>

#include <string>

#include "lib/compress/byte_source.h"

namespace cleat::compress {

// Decompresses gzip (RFC 1952): any number of members one after the other, up
// to the end of the input. kDataLoss when it ends within a member, when a
// checksum or a code is wrong, or when something else follows a member.
// Memory: 32 KiB of window and 64 KiB of input.
class GzipSource : public ByteSource {
 public:
  // Borrows `input`.
  explicit GzipSource(ByteSource* input);
  ~GzipSource() override;
  GzipSource(const GzipSource&) = delete;
  GzipSource& operator=(const GzipSource&) = delete;

  absl::StatusOr<size_t> Read(char* buffer, size_t size) override;

 private:
  // True when there is input to inflate; false at the end of the input.
  absl::StatusOr<bool> Fill();
  absl::Status Inflate();

  ByteSource* input_;
  std::string compressed_;
  z_stream stream_ = {};
  bool in_member_ = false;
};

}  // namespace cleat::compress

#endif  // CLEAT_LIB_COMPRESS_GZIP_SOURCE_H_
