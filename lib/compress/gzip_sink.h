#ifndef CLEAT_LIB_COMPRESS_GZIP_SINK_H_
#define CLEAT_LIB_COMPRESS_GZIP_SINK_H_

#include <memory>

#include "absl/status/statusor.h"
#include "lib/compress/sink.h"

namespace cleat::compress {

inline constexpr int kGzipDefaultLevel = 6;

// Compresses as gzip (RFC 1952), on `threads` threads: a member for each
// 512 KiB, one after the other, as 2.2 of the RFC allows and every reader of
// layers takes (eStargz is made so). 512 KiB cost 0.2 % against one whole.
//
// The bytes depend on the data, the level and the libdeflate that is linked
// in, and on nothing else:
//  - blocks are of a fixed size and know nothing of each other;
//  - libdeflate finds matches by the same integer arithmetic whatever the CPU;
//    what it has in AVX2 or PCLMUL (clearing tables, CRC-32) has one result;
//  - headers have no time, no name and no operating system.
// ISA-L, which is faster, has a match finder per instruction set, each with
// output of its own: it only reads here.
//
// `level` is 1 to 12, libdeflate's: up to 9 they cost and yield what zlib's do,
// in less than half the time. kInvalidArgument for another.
absl::StatusOr<std::unique_ptr<Sink>> GzipSink(int level, int threads,
                                               Output output);

}  // namespace cleat::compress

#endif  // CLEAT_LIB_COMPRESS_GZIP_SINK_H_
