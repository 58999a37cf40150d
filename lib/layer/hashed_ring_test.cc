#include "lib/layer/hashed_ring.h"

#include <atomic>
#include <string>
#include <thread>

#include "gtest/gtest.h"
#include "lib/compress/test_data.h"
#include "lib/digest/sha256.h"

namespace cleat::layer {
namespace {

constexpr size_t kSize = 9000000;

absl::StatusOr<std::string> ReadAll(HashedRing& ring) {
  std::string all;
  while (true) {
    const absl::StatusOr<absl::string_view> chunk = ring.Next();
    if (!chunk.ok()) return chunk.status();
    if (chunk->empty()) return all;
    all.append(chunk->data(), chunk->size());
  }
}

TEST(HashedRingTest, GivesAndHashesAll) {
  const std::string data = compress::SampleData(kSize);
  compress::StringSource source(data);
  digest::HashQueue hash;
  HashedRing ring(&source, HashedRing::Helpers::kMayNotRead, &hash);
  EXPECT_FALSE(ring.Help());
  EXPECT_EQ(*ReadAll(ring), data);
  EXPECT_EQ(ring.size(), kSize);
  EXPECT_EQ(hash.Finish(), digest::Sha256Of(data));
}

TEST(HashedRingTest, HelperReadsAheadUntilTheRingIsFull) {
  const std::string data = compress::SampleData(kSize);
  compress::StringSource source(data);
  digest::HashQueue hash;
  HashedRing ring(&source, HashedRing::Helpers::kMayRead, &hash);
  int pieces = 0;
  while (ring.Help()) ++pieces;
  EXPECT_GT(pieces, 1);
  EXPECT_EQ(ring.size(), 0);
  EXPECT_EQ(*ReadAll(ring), data);
  EXPECT_FALSE(ring.Help());
}

TEST(HashedRingTest, HelperOnAnotherThreadChangesNothing) {
  const std::string data = compress::SampleData(kSize);
  compress::StringSource source(data);
  digest::HashQueue hash;
  HashedRing ring(&source, HashedRing::Helpers::kMayRead, &hash);
  std::atomic<bool> done{false};
  std::thread helper([&] {
    while (!done) ring.Help();
  });
  EXPECT_EQ(*ReadAll(ring), data);
  done = true;
  helper.join();
  EXPECT_EQ(hash.Finish(), digest::Sha256Of(data));
}

class Broken : public compress::ByteSource {
 public:
  absl::StatusOr<size_t> Read(char*, size_t) override {
    return absl::DataLossError("broken");
  }
};

TEST(HashedRingTest, ErrorThatAHelperMetIsGivenInItsPlace) {
  Broken source;
  digest::HashQueue hash;
  HashedRing ring(&source, HashedRing::Helpers::kMayRead, &hash);
  EXPECT_TRUE(ring.Help());
  EXPECT_FALSE(ring.Help());
  EXPECT_TRUE(absl::IsDataLoss(ring.Next().status()));
}

}  // namespace
}  // namespace cleat::layer
