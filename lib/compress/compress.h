#ifndef CLEAT_LIB_COMPRESS_COMPRESS_H_
#define CLEAT_LIB_COMPRESS_COMPRESS_H_

#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/compress/format.h"
#include "lib/compress/sink.h"

namespace cleat::compress {

struct Compression {
  Format format = Format::kPlain;
  // 0: the format's default.
  int level = 0;
  // 0: one for each CPU that this process may use. More than 16 (zstd: 8) are
  // not started: what is in flight must fit into memory.
  int threads = 0;
};

// "none", "gzip" or "zstd". kInvalidArgument.
absl::StatusOr<Format> ParseFormat(absl::string_view text);

// The encoder; that of kPlain passes all on. The bytes do not depend on the
// number of threads, nor on the CPU: see gzip_sink.h and zstd_sink.h.
// kInvalidArgument for a level that the format lacks.
absl::StatusOr<std::unique_ptr<Sink>> MakeSink(const Compression& compression,
                                               Output output);

}  // namespace cleat::compress

#endif  // CLEAT_LIB_COMPRESS_COMPRESS_H_
