#ifndef CLEAT_LIB_COMPRESS_GZIP_SOURCE_H_
#define CLEAT_LIB_COMPRESS_GZIP_SOURCE_H_

#include <memory>

#include "lib/compress/byte_source.h"
#include "lib/compress/chunk_source.h"

namespace cleat::compress {

// Decompresses gzip (RFC 1952): any number of members one after the other, up
// to the end of `input` (borrowed). Reading is kDataLoss when it ends within a
// member, when a checksum or a code is wrong, or when something else follows a
// member. With ISA-L where the build has it, otherwise with zlib: the bytes
// and the codes of errors are the same. Memory: 90 KiB.
std::unique_ptr<ByteSource> MakeGzipSource(ChunkSource* input);

}  // namespace cleat::compress

#endif  // CLEAT_LIB_COMPRESS_GZIP_SOURCE_H_
