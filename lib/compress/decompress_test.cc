#include "lib/compress/decompress.h"

#include "gtest/gtest.h"
#include "lib/compress/chunks.h"
#include "lib/compress/test_data.h"
#include "lib/compress/zlib_gzip_source.h"

namespace cleat::compress {
namespace {

absl::StatusOr<std::string> Decompress(absl::string_view data,
                                       size_t piece = 4096) {
  StringSource source(data);
  Decompressor decompressor(&source);
  return ReadToEnd(&decompressor, piece);
}

// With zlib, which need not be what Decompressor takes.
absl::StatusOr<std::string> DecompressByZlib(absl::string_view data,
                                             size_t piece) {
  StringSource source(data);
  const auto chunks = ReadInPlace(&source);
  ZlibGzipSource decoder(chunks.get());
  return ReadToEnd(&decoder, piece);
}

struct Case {
  const char* name;
  std::string (*compress)(absl::string_view);
  absl::StatusOr<std::string> (*decompress)(absl::string_view, size_t);
};

class DecompressTest : public ::testing::TestWithParam<Case> {
 protected:
  std::string Compress(absl::string_view data) {
    return GetParam().compress(data);
  }
  absl::StatusOr<std::string> Decompress(absl::string_view data,
                                         size_t piece = 4096) {
    return GetParam().decompress(data, piece);
  }
};

TEST_P(DecompressTest, GivesBackWhatWentIn) {
  for (const size_t size : {0, 1, 4096, 300000}) {
    const std::string data = SampleData(size);
    EXPECT_EQ(*Decompress(Compress(data)), data) << size;
  }
}

TEST_P(DecompressTest, PiecesOfOneByteGiveTheSame) {
  const std::string data = SampleData(1000);
  EXPECT_EQ(*Decompress(Compress(data), 1), data);
}

TEST_P(DecompressTest, ConcatenatedStreamsAreOne) {
  const std::string twice = Compress("one ") + Compress("") + Compress("two");
  EXPECT_EQ(*Decompress(twice), "one two");
}

TEST_P(DecompressTest, TruncationAtEveryByteIsFound) {
  const std::string whole = Compress(SampleData(500));
  for (size_t size = kMagicSize; size < whole.size(); ++size) {
    EXPECT_TRUE(absl::IsDataLoss(Decompress(whole.substr(0, size)).status()))
        << size;
  }
}

TEST_P(DecompressTest, FlippedByteNeverGivesOtherBytes) {
  const std::string data = SampleData(500);
  const std::string whole = Compress(data);
  for (size_t at = kMagicSize; at < whole.size(); ++at) {
    std::string broken = whole;
    broken[at] ^= 0x10;
    const absl::StatusOr<std::string> result = Decompress(broken);
    EXPECT_TRUE(!result.ok() || *result == data) << at;
  }
}

TEST_P(DecompressTest, OtherBytesAfterTheStreamAreRefused) {
  EXPECT_TRUE(absl::IsDataLoss(Decompress(Compress("x") + "garbage").status()));
}

INSTANTIATE_TEST_SUITE_P(
    Formats, DecompressTest,
    ::testing::Values(Case{"gzip", GzipForTest, Decompress},
                      Case{"zlib", GzipForTest, DecompressByZlib},
                      Case{"zstd", ZstdForTest, Decompress}),
    [](const auto& info) { return info.param.name; });

TEST(DecompressorTest, PlainBytesPassThrough) {
  for (const size_t size : {0, 1, 5, 6, 7, 100000}) {
    const std::string data = SampleData(size);
    EXPECT_EQ(*Decompress(data), data) << size;
  }
}

// Gives one byte at a time.
class Trickle : public ByteSource {
 public:
  explicit Trickle(absl::string_view data) : source_(data) {}
  absl::StatusOr<size_t> Read(char* buffer, size_t) override {
    return source_.Read(buffer, 1);
  }

 private:
  StringSource source_;
};

TEST(DecompressorTest, FormatIsFoundHoweverFewBytesComeAtOnce) {
  for (const std::string& data : {std::string(), std::string("ab"),
                                  GzipForTest("gzip"), ZstdForTest("zstd")}) {
    Trickle source(data);
    Decompressor decompressor(&source);
    EXPECT_EQ(*ReadToEnd(&decompressor), *Decompress(data));
  }
}

TEST(DecompressorTest, SkippableFramesAreSkipped) {
  const std::string skippable("\x50\x2a\x4d\x18\x03\0\0\0abc", 11);
  EXPECT_EQ(*Decompress(skippable + ZstdForTest("data") + skippable), "data");
}

TEST(DecompressorTest, WindowBeyondTheLimitIsRefused) {
  // A frame header that asks for a window of 2^31 bytes (RFC 8878, 3.1.1.1).
  const std::string frame("\x28\xb5\x2f\xfd\x00\xa8\x01\x00\x00", 9);
  EXPECT_TRUE(absl::IsDataLoss(Decompress(frame).status()));
}

}  // namespace
}  // namespace cleat::compress
