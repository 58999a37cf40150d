#include "lib/compress/gzip_source.h"

#ifdef CLEAT_HAVE_ISAL
#include "lib/compress/isal_gzip_source.h"
#else
#include "lib/compress/zlib_gzip_source.h"
#endif

namespace cleat::compress {

std::unique_ptr<ByteSource> MakeGzipSource(ChunkSource* input) {
#ifdef CLEAT_HAVE_ISAL
  return std::make_unique<IsalGzipSource>(input);
#else
  return std::make_unique<ZlibGzipSource>(input);
#endif
}

}  // namespace cleat::compress
