#include "lib/tarsplit/crc64.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_format.h"
#include "gtest/gtest.h"
#include "lib/tarsplit/crc64_portable.h"

namespace cleat::tarsplit {
namespace {

std::string HexOf(absl::string_view data) {
  Crc64 crc;
  crc.Update(data);
  return absl::BytesToHexString(crc.Bytes());
}

std::string HexOf(uint64_t sum) { return absl::StrFormat("%016x", sum); }

std::string PortableHexOf(absl::string_view data) {
  return HexOf(UpdateCrc64Portably(0, data));
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
  return HexOf(~state);
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
    ASSERT_EQ(PortableHexOf(data), SlowHexOf(data)) << i;
  }
}

TEST(Crc64Test, PiecesMakeTheWhole) {
  const std::string data(1000, 'x');
  for (size_t cut = 0; cut <= data.size(); cut += 37) {
    Crc64 crc;
    crc.Update(absl::string_view(data).substr(0, cut));
    crc.Update(absl::string_view(data).substr(cut));
    EXPECT_EQ(absl::BytesToHexString(crc.Bytes()), HexOf(data)) << cut;
    const uint64_t sum =
        UpdateCrc64Portably(0, absl::string_view(data).substr(0, cut));
    EXPECT_EQ(HexOf(UpdateCrc64Portably(sum, data.substr(cut))), HexOf(data))
        << cut;
  }
}

}  // namespace
}  // namespace cleat::tarsplit
