#ifndef CLEAT_LIB_COMPRESS_CHUNKS_H_
#define CLEAT_LIB_COMPRESS_CHUNKS_H_

#include <cstdint>
#include <memory>

#include "absl/strings/string_view.h"
#include "lib/compress/byte_source.h"
#include "lib/compress/chunk_source.h"

namespace cleat::compress {

// Work on chunks besides their use, which may be done by any thread: of two,
// that which would have to wait for the other, so it evens out their load.
class SharedWork {
 public:
  virtual ~SharedWork() = default;

  // Takes the next chunk, whose bytes stay where they are until it is awaited
  // or the chunks are destroyed.
  virtual void Add(absl::string_view chunk) = 0;
  // Does a part; false when there is none that nobody is at.
  virtual bool Help() = 0;
  // Returns once the first `count` chunks are done.
  virtual void Await(uint64_t count) = 0;
};

// Reads `source` (borrowed) where it is called. `work` (borrowed, nullptr for
// none) is given all chunks.
std::unique_ptr<ChunkSource> ReadInPlace(ByteSource* source,
                                         SharedWork* work = nullptr);

// The same ahead, on a thread of its own and into a few buffers, so that
// producing and using bytes share two cores. The thread ends when the chunks
// are destroyed. Memory: 8 MiB. Where there is no thread to be had, in place.
std::unique_ptr<ChunkSource> ReadAhead(ByteSource* source,
                                       SharedWork* work = nullptr);

}  // namespace cleat::compress

#endif  // CLEAT_LIB_COMPRESS_CHUNKS_H_
