#ifndef CLEAT_LIB_TAR_HEADER_H_
#define CLEAT_LIB_TAR_HEADER_H_

#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

// The 512-byte header block: POSIX.1-2017 pax, "ustar Interchange Format", and
// what GNU tar (src/tar.h), star and V7 do otherwise.

namespace cleat::tar {

inline constexpr size_t kBlockSize = 512;

struct Header {
  char name[100];
  char mode[8];
  char uid[8];
  char gid[8];
  char size[12];
  char mtime[12];
  char checksum[8];
  char type;
  char link[100];
  char magic[6];
  char version[2];
  char uname[32];
  char gname[32];
  char major[8];
  char minor[8];
  // What follows differs from dialect to dialect.
  union {
    char prefix[155];
    struct {
      char times_and_multivolume[41];
      // Four of {offset[12], size[12]}.
      char sparse[96];
      char is_extended;
      char real_size[12];
    } gnu;
  };
  char padding[12];
};
static_assert(sizeof(Header) == kBlockSize, "a header is one block");

// A continuation of GNU's sparse map.
struct SparseBlock {
  // 21 of {offset[12], size[12]}.
  char sparse[504];
  char is_extended;
  char padding[7];
};
static_assert(sizeof(SparseBlock) == kBlockSize, "one block, too");

enum class Dialect { kV7, kUstar, kGnu, kStar };

Dialect DialectOf(const Header& header);

// A field's text: up to the first NUL.
template <size_t kSize>
absl::string_view Text(const char (&field)[kSize]) {
  const absl::string_view all(field, kSize);
  return all.substr(0, all.find('\0'));
}

// A number in octal digits, or in GNU's base 256 (first bit set, two's
// complement, big-endian). An empty field is 0. kDataLoss for anything else
// and for what 64 bits do not hold.
absl::StatusOr<int64_t> ParseNumber(absl::string_view field);
template <size_t kSize>
absl::StatusOr<int64_t> Number(const char (&field)[kSize]) {
  return ParseNumber(absl::string_view(field, kSize));
}

// The sum of all bytes, the checksum's own taken as spaces.
int64_t Checksum(const Header& header);

// kDataLoss when the recorded checksum is neither the sum of unsigned nor,
// as old programs have it, of signed bytes.
absl::Status VerifyChecksum(const Header& header);

// Whether a block is all zeros: two of them end an archive.
bool IsZero(absl::string_view block);

}  // namespace cleat::tar

#endif  // CLEAT_LIB_TAR_HEADER_H_
