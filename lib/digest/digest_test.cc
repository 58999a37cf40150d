#include "lib/digest/digest.h"

#include <string>

#include "gtest/gtest.h"

namespace cleat::digest {
namespace {

const char kHex[] =
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

TEST(DigestTest, HexIsTheDigits) {
  const std::string digest = std::string("sha256:") + kHex;
  ASSERT_TRUE(ParseHex(digest).ok());
  EXPECT_EQ(*ParseHex(digest), kHex);
}

TEST(DigestTest, EverythingElseIsRefused) {
  const std::string hex = kHex;
  for (const std::string& bad :
       {std::string(), hex, "sha256:" + hex.substr(1), "sha256:" + hex + "0",
        "sha512:" + hex, "sha256:../" + hex.substr(3),
        "sha256:BA" + hex.substr(2), "SHA256:" + hex}) {
    EXPECT_FALSE(IsSha256(bad)) << bad;
    EXPECT_TRUE(absl::IsInvalidArgument(ParseHex(bad).status())) << bad;
  }
}

}  // namespace
}  // namespace cleat::digest
