#include "lib/tarsplit/crc64.h"

#include "absl/strings/escaping.h"
#include "gtest/gtest.h"

namespace cleat::tarsplit {
namespace {

std::string HexOf(absl::string_view data) {
  Crc64 crc;
  crc.Update(data);
  return absl::BytesToHexString(crc.Bytes());
}

// One bit after the other, as the definition has it.
std::string SlowHexOf(absl::string_view data) {
  uint64_t state = ~uint64_t{0};
  for (const char c : data) {
    for (int bit = 0; bit < 8; ++bit) {
      const uint64_t feedback = (state ^ static_cast<uint8_t>(c) >> bit) & 1;
      state = state >> 1 ^ (feedback != 0 ? 0xd800000000000000 : 0);
    }
  }
  std::string bytes;
  for (int i = 7; i >= 0; --i) {
    bytes.push_back(static_cast<char>(~state >> (8 * i)));
  }
  return absl::BytesToHexString(bytes);
}

// From Go's hash/crc64 documentation of its test table.
TEST(Crc64Test, KnownSums) {
  EXPECT_EQ(HexOf(""), "0000000000000000");
  EXPECT_EQ(HexOf("a"), "3420000000000000");
  EXPECT_EQ(HexOf("123456789"), "b90956c775a41001");
}

TEST(Crc64Test, EqualsTheDefinitionForEveryLength) {
  std::string data;
  for (unsigned i = 0; i < 1000; ++i) {
    data.push_back(static_cast<char>(i * i * 2654435761U >> 24));
    ASSERT_EQ(HexOf(data), SlowHexOf(data)) << i;
  }
}

TEST(Crc64Test, PiecesMakeTheWhole) {
  const std::string data(1000, 'x');
  for (size_t cut = 0; cut <= data.size(); cut += 37) {
    Crc64 crc;
    crc.Update(absl::string_view(data).substr(0, cut));
    crc.Update(absl::string_view(data).substr(cut));
    EXPECT_EQ(absl::BytesToHexString(crc.Bytes()), HexOf(data)) << cut;
  }
}

}  // namespace
}  // namespace cleat::tarsplit
