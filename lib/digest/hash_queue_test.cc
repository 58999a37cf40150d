#include "lib/digest/hash_queue.h"

#include <atomic>
#include <thread>

#include "gtest/gtest.h"

namespace cleat::digest {
namespace {

TEST(HashQueueTest, PiecesMakeTheWhole) {
  HashQueue queue;
  queue.Add("ab");
  EXPECT_TRUE(queue.Help());
  EXPECT_FALSE(queue.Help());
  queue.Await(queue.Add("c"));
  EXPECT_FALSE(queue.Help());
  queue.Add("d");
  EXPECT_EQ(queue.Finish(), Sha256Of("abcd"));
}

TEST(HashQueueTest, NoBytesAreNoPiece) {
  HashQueue queue;
  EXPECT_EQ(queue.Add(""), 0);
  EXPECT_FALSE(queue.Help());
  EXPECT_EQ(queue.Finish(), Sha256Of(""));
}

TEST(HashQueueTest, HelpersKeepTheOrder) {
  const std::string data(1 << 20, 'x');
  HashQueue queue;
  std::atomic<bool> done{false};
  std::thread helper([&] {
    while (!done) queue.Help();
  });
  for (size_t at = 0; at < data.size(); at += 1000) {
    const uint64_t count = queue.Add(absl::string_view(data).substr(at, 1000));
    if (at % 7 == 0) queue.Await(count);
  }
  EXPECT_EQ(queue.Finish(), Sha256Of(data));
  done = true;
  helper.join();
}

}  // namespace
}  // namespace cleat::digest
