#include "lib/digest/verifier.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cleat::digest {
namespace {

using ::testing::HasSubstr;

TEST(VerifierTest, TheRightBytesPass) {
  EXPECT_TRUE(Verify("abc", Sha256Of("abc"), 3).ok());
  EXPECT_TRUE(Verify("abc", Sha256Of("abc"), -1).ok());
}

TEST(VerifierTest, WrongDigestNamesBoth) {
  const absl::Status status = Verify("abd", Sha256Of("abc"), 3);
  EXPECT_TRUE(absl::IsDataLoss(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr(Sha256Of("abc")));
  EXPECT_THAT(std::string(status.message()), HasSubstr(Sha256Of("abd")));
}

TEST(VerifierTest, WrongSizeIsFoundEvenWhenTheDigestIsRight) {
  EXPECT_TRUE(absl::IsDataLoss(Verify("abc", Sha256Of("abc"), 4)));
}

TEST(VerifierTest, TooManyBytesAreRefusedAtOnce) {
  Verifier verifier(Sha256Of("abc"), 3);
  EXPECT_TRUE(verifier.Update("ab").ok());
  EXPECT_TRUE(absl::IsDataLoss(verifier.Update("cd")));
}

}  // namespace
}  // namespace cleat::digest
