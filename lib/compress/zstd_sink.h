#ifndef CLEAT_LIB_COMPRESS_ZSTD_SINK_H_
#define CLEAT_LIB_COMPRESS_ZSTD_SINK_H_

#include <memory>

#include "absl/status/statusor.h"
#include "lib/compress/sink.h"

namespace cleat::compress {

inline constexpr int kZstdDefaultLevel = 3;

// Compresses as zstd (RFC 8878), on `threads` threads: a frame with its size
// and a checksum for each 2 MiB, one after the other, as 3.1 of the RFC allows
// and every reader takes. (Debian's static library has no threads of its own.)
//
// The bytes depend on the data, the level and the libzstd that is linked in,
// and on nothing else:
//  - frames are of a fixed size and know nothing of each other;
//  - zstd chooses instructions (BMI2) at run time for what has one result;
//    match finders that differ by instruction set are chosen when it is
//    compiled.
//
// `level` is 1 to 19. kInvalidArgument for another.
absl::StatusOr<std::unique_ptr<Sink>> ZstdSink(int level, int threads,
                                               Output output);

}  // namespace cleat::compress

#endif  // CLEAT_LIB_COMPRESS_ZSTD_SINK_H_
