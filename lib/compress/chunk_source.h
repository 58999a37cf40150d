#ifndef CLEAT_LIB_COMPRESS_CHUNK_SOURCE_H_
#define CLEAT_LIB_COMPRESS_CHUNK_SOURCE_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace cleat::compress {

// Bytes that come in pieces, which the consumer uses where they lie.
class ChunkSource {
 public:
  virtual ~ChunkSource() = default;

  // The next piece, of any size but 0; empty at the end. The piece before it
  // is gone by then. Not called again after the end or an error.
  virtual absl::StatusOr<absl::string_view> Next() = 0;
};

}  // namespace cleat::compress

#endif  // CLEAT_LIB_COMPRESS_CHUNK_SOURCE_H_
