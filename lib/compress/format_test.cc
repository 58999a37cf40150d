#include "lib/compress/format.h"

#include "gtest/gtest.h"
#include "lib/compress/test_data.h"

namespace cleat::compress {
namespace {

TEST(FormatTest, CompressorsOutputIsRecognised) {
  EXPECT_EQ(*DetectFormat(GzipForTest("x").substr(0, kMagicSize)),
            Format::kGzip);
  EXPECT_EQ(*DetectFormat(ZstdForTest("x").substr(0, kMagicSize)),
            Format::kZstd);
}

TEST(FormatTest, SkippableFrameIsZstd) {
  EXPECT_EQ(*DetectFormat("\x5e\x2a\x4d\x18\x01"), Format::kZstd);
}

TEST(FormatTest, AllElseIsPlain) {
  EXPECT_EQ(*DetectFormat(""), Format::kPlain);
  EXPECT_EQ(*DetectFormat("\x1f"), Format::kPlain);
  EXPECT_EQ(*DetectFormat("etc/pa"), Format::kPlain);
}

TEST(FormatTest, UnsupportedOnesAreNamed) {
  EXPECT_TRUE(absl::IsInvalidArgument(DetectFormat("BZh91A").status()));
  EXPECT_TRUE(absl::IsInvalidArgument(
      DetectFormat(absl::string_view("\xfd\x37zXZ\0", 6)).status()));
}

}  // namespace
}  // namespace cleat::compress
