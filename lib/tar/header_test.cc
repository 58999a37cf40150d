#include "lib/tar/header.h"

#include <limits>
#include <string>

#include "gtest/gtest.h"

namespace cleat::tar {
namespace {

absl::StatusOr<int64_t> Parse(const std::string& field) {
  return ParseNumber(field);
}

TEST(HeaderTest, OctalNumbers) {
  EXPECT_EQ(*Parse(std::string("0000644\0", 8)), 0644);
  EXPECT_EQ(*Parse("  644 \0 "), 0644);
  EXPECT_EQ(*Parse("77777777777 "), (int64_t{1} << 33) - 1);
  EXPECT_EQ(*Parse(std::string(8, '\0')), 0);
  EXPECT_EQ(*Parse("        "), 0);
}

TEST(HeaderTest, Base256Numbers) {
  EXPECT_EQ(*Parse(std::string("\x80\0\0\0\0\x2d\xc6\xc0", 8)), 3000000);
  EXPECT_EQ(*Parse(std::string(12, '\xff')), -1);
  EXPECT_EQ(
      *Parse(std::string("\x80\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff", 12)),
      std::numeric_limits<int64_t>::max());
}

TEST(HeaderTest, NonsenseAndOverflowAreRefused) {
  EXPECT_FALSE(Parse("8").ok());
  EXPECT_FALSE(Parse("-1").ok());
  EXPECT_FALSE(Parse("12 34").ok());
  EXPECT_FALSE(Parse(std::string(30, '7')).ok());
  EXPECT_FALSE(Parse(std::string("\x80\0\0\1\0\0\0\0\0\0\0\0", 12)).ok());
  EXPECT_FALSE(Parse(std::string("\x80\0\0\0\x80\0\0\0\0\0\0\0", 12)).ok());
}

TEST(HeaderTest, ZeroBlock) {
  std::string block(kBlockSize, '\0');
  EXPECT_TRUE(IsZero(block));
  block[511] = 1;
  EXPECT_FALSE(IsZero(block));
  block.assign(kBlockSize, 'a');
  EXPECT_FALSE(IsZero(block));
}

}  // namespace
}  // namespace cleat::tar
