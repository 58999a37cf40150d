#include "lib/digest/chain_id.h"

#include "gtest/gtest.h"

namespace cleat::digest {
namespace {

constexpr char kBase[] =
    "sha256:11409dab4211d0a8ca49b864860cd5eac85892e56be4f4553cd2d7efe1837610";

TEST(ChainIdTest, BottomLayersIsItsDiffId) {
  EXPECT_EQ(ChainId("", kBase), kBase);
}

// As Docker has it in layerdb of testdata/images/dockerd-store.tar.
TEST(ChainIdTest, IsDockers) {
  EXPECT_EQ(
      ChainId(kBase,
              "sha256:2278a872727d43bd4817ede263e7158cb90f82de0813d32593b21a522"
              "59f42f0"),
      "sha256:"
      "6a131ecd4048b0e4a1571f9239b2f92db095e8c7b1d37ad308a45821981789cc");
}

}  // namespace
}  // namespace cleat::digest
