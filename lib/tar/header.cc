#include "lib/tar/header.h"

#include <cstring>
#include <limits>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"

namespace cleat::tar {
namespace {

absl::Status BadNumber(absl::string_view field) {
  return absl::DataLossError(
      absl::StrCat("'", absl::CHexEscape(field), "' is no number"));
}

// `field`'s first byte is 0x80 or more: bit 6 of it is the sign.
absl::StatusOr<int64_t> ParseBase256(absl::string_view field) {
  const bool negative = (field[0] & 0x40) != 0;
  int64_t value = negative ? -1 : 0;
  constexpr int64_t kLimit = std::numeric_limits<int64_t>::max() >> 8;
  for (size_t i = 0; i < field.size(); ++i) {
    if (value > kLimit || value < ~kLimit) return BadNumber(field);
    int64_t byte = static_cast<unsigned char>(field[i]);
    if (i == 0) byte = negative ? byte : byte & 0x7f;
    value = value * 256 + byte;
  }
  return value;
}

bool IsPadding(char c) { return c == ' ' || c == '\0'; }

absl::string_view StripPadding(absl::string_view field) {
  while (!field.empty() && IsPadding(field.front())) field.remove_prefix(1);
  while (!field.empty() && IsPadding(field.back())) field.remove_suffix(1);
  return field.substr(0, field.find('\0'));
}

absl::StatusOr<int64_t> ParseOctal(absl::string_view field) {
  int64_t value = 0;
  for (const char c : StripPadding(field)) {
    if (c < '0' || c > '7') return BadNumber(field);
    if (value >> 60 != 0) return BadNumber(field);
    value = value * 8 + (c - '0');
  }
  return value;
}

template <typename Byte>
int64_t SumBytes(const Header& header) {
  const Byte* bytes = reinterpret_cast<const Byte*>(&header);
  int64_t sum = 0;
  for (size_t i = 0; i < kBlockSize; ++i) sum += bytes[i];
  for (const char c : header.checksum) sum += ' ' - static_cast<Byte>(c);
  return sum;
}

}  // namespace

Dialect DialectOf(const Header& header) {
  if (memcmp(header.magic, "ustar ", 6) == 0) return Dialect::kGnu;
  if (memcmp(header.magic, "ustar", 6) != 0) return Dialect::kV7;
  const char* trailer = reinterpret_cast<const char*>(&header) + 508;
  return memcmp(trailer, "tar", 4) == 0 ? Dialect::kStar : Dialect::kUstar;
}

absl::StatusOr<int64_t> ParseNumber(absl::string_view field) {
  if (!field.empty() && (field[0] & 0x80) != 0) return ParseBase256(field);
  return ParseOctal(field);
}

int64_t Checksum(const Header& header) {
  return SumBytes<unsigned char>(header);
}

absl::Status VerifyChecksum(const Header& header) {
  CLEAT_ASSIGN_OR_RETURN(const int64_t recorded, Number(header.checksum));
  if (recorded == Checksum(header) ||
      recorded == SumBytes<signed char>(header)) {
    return absl::OkStatus();
  }
  return absl::DataLossError(absl::StrCat("checksum is ", Checksum(header),
                                          ", not the recorded ", recorded));
}

bool IsZero(absl::string_view block) {
  // Equal to itself shifted by one, and starting with a zero.
  return block[0] == '\0' &&
         memcmp(block.data(), block.data() + 1, block.size() - 1) == 0;
}

}  // namespace cleat::tar
