#include "lib/digest/sha256.h"

#include "gtest/gtest.h"

namespace cleat::digest {
namespace {

// FIPS 180-4 example values.
constexpr char kEmpty[] =
    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr char kAbc[] =
    "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

TEST(Sha256Test, KnownValues) {
  EXPECT_EQ(Sha256Of(""), kEmpty);
  EXPECT_EQ(Sha256Of("abc"), kAbc);
}

TEST(Sha256Test, PiecesGiveTheDigestOfTheWhole) {
  Sha256 hash;
  hash.Update("a");
  hash.Update("");
  hash.Update("bc");
  EXPECT_EQ(hash.Finish(), kAbc);
}

// Bytes that differ from stream to stream.
std::string Data(size_t size, unsigned seed) {
  std::string data;
  for (unsigned i = 0; i < size; ++i) {
    data.push_back(static_cast<char>((i + seed) * 2654435761U >> 24));
  }
  return data;
}

TEST(Sha256Test, TwoStreamsAtOnceAreAsEachAlone) {
  for (const size_t size : {0, 1, 63, 64, 65, 200, 4096}) {
    for (const size_t other_size : {0, 1, 64, 127, 1000, 4096}) {
      const std::string data = Data(size, 1);
      const std::string other_data = Data(other_size, 2);
      Sha256 hash, other;
      Sha256::UpdateBoth(&hash, data, &other, other_data);
      EXPECT_EQ(hash.Finish(), Sha256Of(data)) << size << " " << other_size;
      EXPECT_EQ(other.Finish(), Sha256Of(other_data))
          << size << " " << other_size;
    }
  }
}

TEST(Sha256Test, TwoStreamsMayComeInAnyPieces) {
  const std::string data = Data(3000, 1);
  const std::string other_data = Data(6000, 2);
  for (const size_t piece : {1, 17, 64, 100, 129}) {
    Sha256 hash, other;
    for (size_t at = 0; at < data.size(); at += piece) {
      Sha256::UpdateBoth(
          &hash, absl::string_view(data).substr(at, piece), &other,
          absl::string_view(other_data).substr(2 * at, 2 * piece));
    }
    EXPECT_EQ(hash.Finish(), Sha256Of(data)) << piece;
    EXPECT_EQ(other.Finish(), Sha256Of(other_data)) << piece;
  }
}

// More bits than 32 bits count.
TEST(Sha256Test, LongStreamsAreCounted) {
  const std::string data(1 << 24, 'x');
  Sha256 hash, other, alone;
  for (int i = 0; i < 40; ++i) {
    Sha256::UpdateBoth(&hash, data, &other, data);
    alone.Update(data);
  }
  const std::string digest = alone.Finish();
  EXPECT_EQ(hash.Finish(), digest);
  EXPECT_EQ(other.Finish(), digest);
}

}  // namespace
}  // namespace cleat::digest
