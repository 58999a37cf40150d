#include "lib/base/digest.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cleat::base {
namespace {

using ::testing::HasSubstr;

constexpr char kEmpty[] =
    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

TEST(DigestTest, DigestOfNothingIsTheWellKnownOne) {
  EXPECT_EQ(DigestOf(""), kEmpty);
}

TEST(DigestTest, PiecesGiveTheDigestOfTheWhole) {
  Sha256 sha256;
  sha256.Update("ab");
  sha256.Update("c");
  EXPECT_EQ(sha256.Finish(), DigestOf("abc"));
}

TEST(DigestTest, OnlyLowerCaseSha256OfFullLengthIsADigest) {
  EXPECT_TRUE(IsDigest(kEmpty));
  EXPECT_FALSE(IsDigest(DigestHex(kEmpty)));
  EXPECT_FALSE(IsDigest(absl::string_view(kEmpty, 70)));
  EXPECT_FALSE(IsDigest(std::string("sha512:") + kEmpty));
  std::string upper = kEmpty;
  upper.back() = 'B';
  EXPECT_FALSE(IsDigest(upper));
  EXPECT_FALSE(
      IsDigest("sha256:../../../../../../../../../../../../../../etc/"
               "passwd/000000000000"));
}

TEST(DigestTest, WhatIsNoDigestIsNamed) {
  const absl::Status status = CheckDigest("latest", "field config.digest");
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("field config.digest: 'latest'"));
}

TEST(DigestTest, ChangedDataIsDataLoss) {
  EXPECT_TRUE(VerifyDigest("", kEmpty, "manifest").ok());
  const absl::Status status = VerifyDigest("x", kEmpty, "manifest");
  EXPECT_TRUE(absl::IsDataLoss(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("verify manifest"));
}

// The chain that Docker made of the layers in testdata/images.
TEST(DigestTest, ChainIdIsDockers) {
  const std::string base =
      "sha256:11409dab4211d0a8ca49b864860cd5eac85892e56be4f4553cd2d7efe1837610";
  EXPECT_EQ(ChainId("", base), base);
  EXPECT_EQ(ChainId(base,
                    "sha256:2278a872727d43bd4817ede263e7158cb90f82de0813d32593b"
                    "21a52259f42f0"),
            "sha256:"
            "6a131ecd4048b0e4a1571f9239b2f92db095e8c7b1d37ad308a45821981789cc");
}

}  // namespace
}  // namespace cleat::base
