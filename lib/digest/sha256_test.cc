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

}  // namespace
}  // namespace cleat::digest
