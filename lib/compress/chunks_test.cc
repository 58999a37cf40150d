#include "lib/compress/chunks.h"

#include <unistd.h>

#include <deque>
#include <mutex>

#include "gtest/gtest.h"
#include "lib/compress/test_data.h"
#include "lib/testing/no_threads.h"

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

// Collects the chunks, as late as it may.
class Collecting : public SharedWork {
 public:
  void Add(absl::string_view chunk) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    waiting_.push_back(chunk);
  }
  bool Help() override {
    const std::lock_guard<std::mutex> lock(mutex_);
    return Collect();
  }
  void Await(uint64_t count) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    while (done_ < count) ASSERT_TRUE(Collect());
  }

  std::string all() {
    const std::lock_guard<std::mutex> lock(mutex_);
    while (Collect()) {
    }
    return all_;
  }

 private:
  bool Collect() {
    if (waiting_.empty()) return false;
    all_.append(waiting_.front().data(), waiting_.front().size());
    waiting_.pop_front();
    ++done_;
    return true;
  }

  std::mutex mutex_;
  std::deque<absl::string_view> waiting_;
  std::string all_;
  uint64_t done_ = 0;
};

class ChunksTest : public ::testing::TestWithParam<bool> {
 protected:
  std::unique_ptr<ChunkSource> Chunks(ByteSource* source,
                                      SharedWork* work = nullptr) {
    return GetParam() ? ReadAhead(source, work) : ReadInPlace(source, work);
  }
};

TEST_P(ChunksTest, AllBytesInOrder) {
  for (const size_t size : {0, 1, 128 << 10, 9000000}) {
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
  const std::string data = SampleData(9000000);
  for (int taken = 0; taken < 4; ++taken) {
    StringSource source(data);
    const auto chunks = Chunks(&source);
    for (int i = 0; i < taken; ++i) EXPECT_TRUE(chunks->Next().ok());
  }
}

TEST_P(ChunksTest, WorkIsGivenAllBytesInOrder) {
  for (const size_t size : {0, 1, 9000000}) {
    const std::string data = SampleData(size);
    StringSource source(data);
    Collecting work;
    const auto chunks = Chunks(&source, &work);
    while (!chunks->Next()->empty()) {
    }
    EXPECT_EQ(work.all(), data) << size;
  }
}

TEST_P(ChunksTest, WorkMayBeLeftUndone) {
  const std::string data = SampleData(9000000);
  StringSource source(data);
  Collecting work;
  const auto chunks = Chunks(&source, &work);
  EXPECT_TRUE(chunks->Next().ok());
}

TEST_P(ChunksTest, AllBytesComeWhereThereIsNoOtherThread) {
  const std::string data = SampleData(9000000);
  EXPECT_EXIT(
      {
        testing::HaveNoMoreThreads();
        StringSource source(data);
        Collecting work;
        const auto chunks = Chunks(&source, &work);
        while (!chunks->Next()->empty()) {
        }
        _exit(work.all() == data ? 0 : 1);
      },
      ::testing::ExitedWithCode(0), "");
}

INSTANTIATE_TEST_SUITE_P(Threads, ChunksTest, ::testing::Bool(),
                         [](const auto& info) {
                           return info.param ? "Ahead" : "InPlace";
                         });

}  // namespace
}  // namespace cleat::compress
