#ifndef CLEAT_LIB_COMPRESS_CHUNKS_H_
#define CLEAT_LIB_COMPRESS_CHUNKS_H_

#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/compress/byte_source.h"

namespace cleat::compress {

// Bytes that come in pieces, which the consumer uses where they lie.
class ChunkSource {
 public:
  virtual ~ChunkSource() = default;

  // The next piece, of any size but 0; empty at the end. The piece before it
  // is gone by then. Not called again after the end or an error.
  virtual absl::StatusOr<absl::string_view> Next() = 0;
};

// Reads `source` (borrowed) where it is called: for little data.
std::unique_ptr<ChunkSource> ReadInPlace(ByteSource* source);

// Reads `source` (borrowed) ahead, on a thread of its own and into a few
// buffers, so that producing and using bytes share two cores. The thread ends
// when the chunks are destroyed. Memory: 1 MiB.
std::unique_ptr<ChunkSource> ReadAhead(ByteSource* source);

}  // namespace cleat::compress

#endif  // CLEAT_LIB_COMPRESS_CHUNKS_H_
