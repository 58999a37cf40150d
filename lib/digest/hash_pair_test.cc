#include "lib/digest/hash_pair.h"

#include <atomic>
#include <thread>

#include "gtest/gtest.h"

namespace cleat::digest {
namespace {

TEST(HashPairTest, PiecesMakeTheWhole) {
  HashPair pair;
  pair.Add(HashPair::kFirst, "ab");
  EXPECT_TRUE(pair.Help());
  EXPECT_FALSE(pair.Help());
  pair.Await(HashPair::kFirst, pair.Add(HashPair::kFirst, "c"));
  EXPECT_FALSE(pair.Help());
  pair.Add(HashPair::kFirst, "d");
  EXPECT_EQ(pair.Finish(HashPair::kFirst), Sha256Of("abcd"));
}

TEST(HashPairTest, NoBytesAreNoPiece) {
  HashPair pair;
  EXPECT_EQ(pair.Add(HashPair::kSecond, ""), 0);
  EXPECT_FALSE(pair.Help());
  EXPECT_EQ(pair.Finish(HashPair::kSecond), Sha256Of(""));
}

TEST(HashPairTest, StreamsOfDifferentLengthsEndEach) {
  const std::string data(1000, 'x');
  HashPair pair;
  pair.Add(HashPair::kFirst, data);
  pair.Add(HashPair::kSecond, absl::string_view(data).substr(0, 100));
  pair.Await(HashPair::kSecond, 1);
  EXPECT_FALSE(pair.Help());
  pair.Add(HashPair::kSecond, "end");
  EXPECT_EQ(pair.Finish(HashPair::kFirst), Sha256Of(data));
  EXPECT_EQ(pair.Finish(HashPair::kSecond),
            Sha256Of(data.substr(0, 100) + "end"));
}

TEST(HashPairTest, HelpersKeepTheOrder) {
  const std::string data(1 << 20, 'x');
  HashPair pair;
  std::atomic<bool> done{false};
  std::thread helper([&] {
    while (!done) pair.Help();
  });
  for (size_t at = 0; at < data.size(); at += 1000) {
    const auto piece = absl::string_view(data).substr(at, 1000);
    const uint64_t count = pair.Add(HashPair::kFirst, piece);
    if (at % 3 == 0) pair.Add(HashPair::kSecond, piece);
    if (at % 7 == 0) pair.Await(HashPair::kFirst, count);
  }
  EXPECT_EQ(pair.Finish(HashPair::kFirst), Sha256Of(data));
  // 350 of its pieces, among them not the last.
  EXPECT_EQ(pair.Finish(HashPair::kSecond), Sha256Of(data.substr(0, 350000)));
  done = true;
  helper.join();
}

}  // namespace
}  // namespace cleat::digest
