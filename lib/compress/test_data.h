#ifndef CLEAT_LIB_COMPRESS_TEST_DATA_H_
#define CLEAT_LIB_COMPRESS_TEST_DATA_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/compress/byte_source.h"

// What tests compress and read back; not for tools.

namespace cleat::compress {

// One gzip member, or one zstd frame (with a checksum), of `data`.
std::string GzipForTest(absl::string_view data);
std::string ZstdForTest(absl::string_view data);

// All that `source` gives, read in pieces of `piece` bytes.
absl::StatusOr<std::string> ReadToEnd(ByteSource* source, size_t piece = 4096);

// `size` bytes that compress about by half, the same ones each time.
std::string SampleData(size_t size);

}  // namespace cleat::compress

#endif  // CLEAT_LIB_COMPRESS_TEST_DATA_H_
