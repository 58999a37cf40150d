#ifndef CLEAT_LIB_DIGEST_SHA256_BLOCKS_H_
#define CLEAT_LIB_DIGEST_SHA256_BLOCKS_H_

#include <cstddef>
#include <cstdint>

namespace cleat::digest {

// The compression function of SHA-256 (FIPS 180-4, 6.2.2) over `blocks` blocks
// of 64 bytes of each of two streams, by the SHA extensions of x86-64: states
// are eight words. False where the CPU lacks them; nothing is done then.
bool HashTwo(uint32_t* state1, const char* data1, uint32_t* state2,
             const char* data2, size_t blocks);

}  // namespace cleat::digest

#endif  // CLEAT_LIB_DIGEST_SHA256_BLOCKS_H_
