#include "lib/compress/chunks.h"

#include "gtest/gtest.h"
#include "lib/compress/test_data.h"

namespace cleat::compress {
namespace {

// Fails after `good` bytes.
class FailingSource : public ByteSource {
 public:
  explicit FailingSource(size_t good) : left_(good) {}
  absl::StatusOr<size_t> Read(char* buffer, size_t size) override {
    if (left_ == 0) return absl::DataLossError("broken");
    const size_t count = std::min(size, left_);
    memset(buffer, 'x', count);
    left_ -= count;
    return count;
  }

 private:
  size_t left_;
};

class ChunksTest : public ::testing::TestWithParam<bool> {
 protected:
  std::unique_ptr<ChunkSource> Chunks(ByteSource* source) {
    return GetParam() ? ReadAhead(source) : ReadInPlace(source);
  }
};

TEST_P(ChunksTest, AllBytesInOrder) {
  for (const size_t size : {0, 1, 128 << 10, 3000000}) {
    const std::string data = SampleData(size);
    StringSource source(data);
    const auto chunks = Chunks(&source);
    std::string all;
    while (true) {
      const absl::StatusOr<absl::string_view> chunk = chunks->Next();
      ASSERT_TRUE(chunk.ok());
      if (chunk->empty()) break;
      all.append(chunk->data(), chunk->size());
    }
    EXPECT_EQ(all, data) << size;
  }
}

TEST_P(ChunksTest, ErrorOfTheSourceArrives) {
  FailingSource source(1000000);
  const auto chunks = Chunks(&source);
  absl::StatusOr<absl::string_view> chunk = chunks->Next();
  while (chunk.ok()) chunk = chunks->Next();
  EXPECT_TRUE(absl::IsDataLoss(chunk.status()));
}

TEST_P(ChunksTest, ConsumerMayLeaveAtAnyTime) {
  const std::string data = SampleData(3000000);
  for (int taken = 0; taken < 4; ++taken) {
    StringSource source(data);
    const auto chunks = Chunks(&source);
    for (int i = 0; i < taken; ++i) EXPECT_TRUE(chunks->Next().ok());
  }
}

INSTANTIATE_TEST_SUITE_P(Threads, ChunksTest, ::testing::Bool(),
                         [](const auto& info) {
                           return info.param ? "Ahead" : "InPlace";
                         });

}  // namespace
}  // namespace cleat::compress
