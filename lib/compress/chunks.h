#ifndef CLEAT_LIB_COMPRESS_CHUNKS_H_
#define CLEAT_LIB_COMPRESS_CHUNKS_H_

#include <functional>
#include <memory>

#include "lib/compress/byte_source.h"
#include "lib/compress/chunk_source.h"

namespace cleat::compress {

// Reads `source` (borrowed) where it is called: for little data.
std::unique_ptr<ChunkSource> ReadInPlace(ByteSource* source);

// Reads `source` (borrowed) ahead, on a thread of its own and into a few
// buffers, so that producing and using bytes share two cores. The thread ends
// when the chunks are destroyed. Whichever side would have to wait for the
// other first calls `help`, again and again while it says that it did
// something: so work that either may do evens out their load. Memory: 2 MiB.
std::unique_ptr<ChunkSource> ReadAhead(
    ByteSource* source, std::function<bool()> help = [] { return false; });

}  // namespace cleat::compress

#endif  // CLEAT_LIB_COMPRESS_CHUNKS_H_
