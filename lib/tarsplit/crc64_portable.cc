#include "lib/tarsplit/crc64_portable.h"

#include <cstring>

// No tables: modulo this polynomial x^64 is x^4 + x^3 + x + 1, so appending 64
// bits is four shifts. Eight sums at a time, each of every eighth word, are
// appended to by x^512 = (x^4 + x^3 + x + 1)^8 = x^32 + x^24 + x^8 + 1. Bits
// are reflected: the highest power is bit 0, and to multiply is to shift right.

namespace cleat::tarsplit {
namespace {

// Two words each, the vectors that every x86-64 and AArch64 has.
constexpr size_t kVectors = 4;
using Vector = uint64_t __attribute__((vector_size(16)));
constexpr size_t kBlock = kVectors * sizeof(Vector);

// sum * x^64.
uint64_t Times64(uint64_t sum) {
  // What is shifted out at the end is of power 64 and more: once again.
  const uint64_t over = sum << 63 ^ sum << 61 ^ sum << 60;
  sum ^= sum >> 1 ^ sum >> 3 ^ sum >> 4;
  return sum ^ over ^ over >> 1 ^ over >> 3 ^ over >> 4;
}

// Each sum * x^512.
Vector Times512(Vector sum) {
  const Vector over = sum << 56 ^ sum << 40 ^ sum << 32;
  sum ^= sum >> 8 ^ sum >> 24 ^ sum >> 32;
  return sum ^ over ^ over >> 1 ^ over >> 3 ^ over >> 4;
}

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
              "words are taken as they lie");

template <typename Word>
Word Load(const char* bytes) {
  Word word;
  memcpy(&word, bytes, sizeof(word));
  return word;
}

// Whole blocks, at least one.
uint64_t AddBlocks(uint64_t state, const char* data, size_t blocks) {
  Vector sums[kVectors] = {};
  for (size_t block = 0; block < blocks; ++block, data += kBlock) {
    for (size_t i = 0; i < kVectors; ++i) {
      sums[i] = Times512(sums[i]) ^ Load<Vector>(data + i * sizeof(Vector));
    }
    if (block == 0) sums[0][0] ^= state;
  }
  uint64_t sum = 0;
  for (const Vector& lanes : sums) {
    sum = Times64(Times64(sum ^ lanes[0]) ^ lanes[1]);
  }
  return sum;
}

uint64_t AddByte(uint64_t state, unsigned char byte) {
  state ^= byte;
  for (int i = 0; i < 8; ++i) {
    state = state >> 1 ^ ((state & 1) != 0 ? 0xd800000000000000 : 0);
  }
  return state;
}

}  // namespace

uint64_t UpdateCrc64Portably(uint64_t sum, absl::string_view data) {
  uint64_t state = ~sum;
  const size_t blocks = data.size() / kBlock;
  if (blocks > 0) state = AddBlocks(state, data.data(), blocks);
  data.remove_prefix(blocks * kBlock);
  for (; data.size() >= 8; data.remove_prefix(8)) {
    state = Times64(state ^ Load<uint64_t>(data.data()));
  }
  for (const char c : data) state = AddByte(state, static_cast<uint8_t>(c));
  return ~state;
}

}  // namespace cleat::tarsplit
