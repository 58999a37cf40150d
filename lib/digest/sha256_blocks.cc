#include "lib/digest/sha256_blocks.h"

#ifdef __x86_64__

#include <cpuid.h>
#include <immintrin.h>

#include <utility>

namespace cleat::digest {
namespace {

#define CLEAT_SHA __attribute__((target("sha,sse4.1")))

// Four words.
using Vector = __m128i;

// FIPS 180-4, 4.2.2.
alignas(Vector) constexpr uint32_t kConstants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1,
    0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
    0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
    0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
    0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
    0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
    0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
    0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
    0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

CLEAT_SHA inline Vector Load(const void* data) {
  return _mm_loadu_si128(static_cast<const Vector*>(data));
}

CLEAT_SHA inline void Store(void* data, Vector vector) {
  _mm_storeu_si128(static_cast<Vector*>(data), vector);
}

// A stream's state in the order that the instructions want, and the last 16
// words of its message schedule.
struct Lane {
  Vector abef;
  Vector cdgh;
  Vector words[4];
};

CLEAT_SHA inline Lane LoadLane(const uint32_t* state) {
  const Vector cdab = _mm_shuffle_epi32(Load(state), 0xb1);
  const Vector efgh = _mm_shuffle_epi32(Load(state + 4), 0x1b);
  Lane lane;
  lane.abef = _mm_alignr_epi8(cdab, efgh, 8);
  lane.cdgh = _mm_blend_epi16(efgh, cdab, 0xf0);
  return lane;
}

CLEAT_SHA inline void StoreLane(const Lane& lane, uint32_t* state) {
  const Vector feba = _mm_shuffle_epi32(lane.abef, 0x1b);
  const Vector dchg = _mm_shuffle_epi32(lane.cdgh, 0xb1);
  Store(state, _mm_blend_epi16(feba, dchg, 0xf0));
  Store(state + 4, _mm_alignr_epi8(dchg, feba, 8));
}

// The next four words of the schedule.
template <size_t kStep>
CLEAT_SHA inline Vector Schedule(Lane& lane, const char* block) {
  Vector& words = lane.words[kStep % 4];
  if constexpr (kStep < 4) {
    const Vector big_endian =
        _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
    words = _mm_shuffle_epi8(Load(block + kStep * sizeof(Vector)), big_endian);
  } else {
    const Vector last = lane.words[(kStep + 3) % 4];
    words = _mm_sha256msg1_epu32(words, lane.words[(kStep + 1) % 4]);
    words = _mm_add_epi32(
        words, _mm_alignr_epi8(last, lane.words[(kStep + 2) % 4], 4));
    words = _mm_sha256msg2_epu32(words, last);
  }
  return words;
}

template <size_t kStep>
CLEAT_SHA inline void FourRounds(Lane& lane, const char* block) {
  const Vector sum =
      _mm_add_epi32(Schedule<kStep>(lane, block), Load(kConstants + 4 * kStep));
  lane.cdgh = _mm_sha256rnds2_epu32(lane.cdgh, lane.abef, sum);
  lane.abef =
      _mm_sha256rnds2_epu32(lane.abef, lane.cdgh, _mm_shuffle_epi32(sum, 0x0e));
}

template <size_t kStep>
CLEAT_SHA inline void FourRoundsOfBoth(Lane& lane1, const char* block1,
                                       Lane& lane2, const char* block2) {
  FourRounds<kStep>(lane1, block1);
  FourRounds<kStep>(lane2, block2);
}

template <size_t... kSteps>
CLEAT_SHA inline void AllRounds(Lane& lane1, const char* block1, Lane& lane2,
                                const char* block2,
                                std::index_sequence<kSteps...>) {
  (FourRoundsOfBoth<kSteps>(lane1, block1, lane2, block2), ...);
}

CLEAT_SHA inline void AddState(const Lane& before, Lane& lane) {
  lane.abef = _mm_add_epi32(lane.abef, before.abef);
  lane.cdgh = _mm_add_epi32(lane.cdgh, before.cdgh);
}

CLEAT_SHA void Hash(uint32_t* state1, const char* data1, uint32_t* state2,
                    const char* data2, size_t blocks) {
  Lane lane1 = LoadLane(state1);
  Lane lane2 = LoadLane(state2);
  for (; blocks > 0; --blocks, data1 += 64, data2 += 64) {
    const Lane before1 = lane1;
    const Lane before2 = lane2;
    AllRounds(lane1, data1, lane2, data2, std::make_index_sequence<16>());
    AddState(before1, lane1);
    AddState(before2, lane2);
  }
  StoreLane(lane1, state1);
  StoreLane(lane2, state2);
}

bool HasInstructions() {
  unsigned a, b, c, d;
  if (__get_cpuid_count(7, 0, &a, &b, &c, &d) == 0) return false;
  if ((b & bit_SHA) == 0) return false;
  return __get_cpuid(1, &a, &b, &c, &d) != 0 && (c & bit_SSE4_1) != 0;
}

}  // namespace

bool HashTwo(uint32_t* state1, const char* data1, uint32_t* state2,
             const char* data2, size_t blocks) {
  // Once: a virtual machine traps each cpuid.
  static const bool has_instructions = HasInstructions();
  if (!has_instructions) return false;
  Hash(state1, data1, state2, data2, blocks);
  return true;
}

}  // namespace cleat::digest

#else

namespace cleat::digest {

bool HashTwo(uint32_t*, const char*, uint32_t*, const char*, size_t) {
  return false;
}

}  // namespace cleat::digest

#endif
