#include "lib/compress/chunks.h"

#include <array>
#include <condition_variable>
#include <mutex>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "lib/base/page_buffer.h"
#include "lib/base/status_macros.h"
#include "lib/sys/threads.h"

namespace cleat::compress {
namespace {

// Large enough that waking the other thread does not show, nor what a decoder
// does at the edge of a buffer.
constexpr size_t kChunkSize = size_t{1} << 20;
constexpr size_t kSlots = 8;

// Fills `buffer` as far as the source goes; returns the bytes read.
absl::StatusOr<size_t> ReadFully(ByteSource* source, char* buffer,
                                 size_t size) {
  size_t used = 0;
  while (used < size) {
    CLEAT_ASSIGN_OR_RETURN(const size_t count,
                           source->Read(buffer + used, size - used));
    if (count == 0) break;
    used += count;
  }
  return used;
}

class InPlace : public ChunkSource {
 public:
  InPlace(ByteSource* source, SharedWork* work)
      : source_(source),
        work_(work),
        buffer_(base::MakePageBuffer(kChunkSize)) {}

  absl::StatusOr<absl::string_view> Next() override {
    if (work_ != nullptr) work_->Await(count_);
    CLEAT_ASSIGN_OR_RETURN(const size_t size,
                           source_->Read(buffer_.get(), kChunkSize));
    const absl::string_view chunk(buffer_.get(), size);
    if (work_ == nullptr || size == 0) return chunk;
    work_->Add(chunk);
    ++count_;
    return chunk;
  }

 private:
  ByteSource* source_;
  SharedWork* work_;
  base::PageBuffer buffer_;
  uint64_t count_ = 0;
};

// A ring: slots [taken_, filled_) are the consumer's, the others the
// producer's. Each side owns its slots without the lock. Both do shared work
// rather than wait: the consumer while less than half of the ring is filled, so
// that none is left for the producer, for which it would have to wait.
class Ahead : public ChunkSource {
 public:
  Ahead(ByteSource* source, SharedWork* work)
      : source_(source),
        work_(work),
        buffer_(base::MakePageBuffer(kSlots * kChunkSize)) {}

  absl::Status Start() {
    CLEAT_ASSIGN_OR_RETURN(thread_, sys::Thread::Start([this] { Produce(); }));
    return absl::OkStatus();
  }

  ~Ahead() override {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      stopped_ = true;
    }
    changed_.notify_one();
    thread_.Join();
  }

  absl::StatusOr<absl::string_view> Next() override {
    std::unique_lock<std::mutex> lock(mutex_);
    if (holding_) Release();
    holding_ = true;
    HelpUntil(lock, [this] { return ended_ || Ready() >= kSlots / 2; });
    changed_.wait(lock, [this] { return Ready() > 0; });
    CLEAT_ASSIGN_OR_RETURN(const size_t size, slots_[taken_ % kSlots]);
    return absl::string_view(Slot(taken_), size);
  }

 private:
  char* Slot(uint64_t number) {
    return buffer_.get() + (number % kSlots) * kChunkSize;
  }

  uint64_t Ready() const { return filled_ - taken_; }

  void Release() {
    ++taken_;
    if (Ready() == kSlots / 2) changed_.notify_one();
  }

  // Does shared work until `done`; false when there is none before that.
  template <typename Done>
  bool HelpUntil(std::unique_lock<std::mutex>& lock, const Done& done) {
    while (!done()) {
      if (work_ == nullptr) return false;
      lock.unlock();
      const bool helped = work_->Help();
      lock.lock();
      if (!helped) return done();
    }
    return true;
  }

  // False when the consumer is gone.
  bool WaitForFreeSlot() {
    std::unique_lock<std::mutex> lock(mutex_);
    if (!HelpUntil(lock, [this] { return stopped_ || Ready() < kSlots; })) {
      changed_.wait(lock, [this] { return stopped_ || Ready() <= kSlots / 2; });
    }
    return !stopped_;
  }

  void Publish(absl::StatusOr<size_t> size) {
    std::lock_guard<std::mutex> lock(mutex_);
    ended_ = !size.ok() || *size == 0;
    slots_[filled_ % kSlots] = std::move(size);
    ++filled_;
    if (Ready() == 1) changed_.notify_one();
  }

  absl::StatusOr<size_t> FillSlot() {
    if (work_ != nullptr && filled_ >= kSlots) {
      work_->Await(filled_ - kSlots + 1);
    }
    char* const slot = Slot(filled_);
    CLEAT_ASSIGN_OR_RETURN(const size_t size,
                           ReadFully(source_, slot, kChunkSize));
    if (work_ != nullptr && size > 0) {
      work_->Add(absl::string_view(slot, size));
    }
    return size;
  }

  // A chunk that is not full is the last one.
  void Produce() {
    bool more = true;
    while (more && WaitForFreeSlot()) {
      absl::StatusOr<size_t> size = FillSlot();
      more = size.ok() && *size == kChunkSize;
      const bool end_follows = size.ok() && !more && *size > 0;
      Publish(std::move(size));
      if (end_follows && WaitForFreeSlot()) Publish(size_t{0});
    }
    // While the last chunks are used.
    while (work_ != nullptr && work_->Help()) {
    }
  }

  ByteSource* source_;
  SharedWork* work_;
  base::PageBuffer buffer_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::array<absl::StatusOr<size_t>, kSlots> slots_;
  uint64_t filled_ = 0;
  uint64_t taken_ = 0;
  bool holding_ = false;
  bool ended_ = false;
  bool stopped_ = false;
  sys::Thread thread_;
};

}  // namespace

std::unique_ptr<ChunkSource> ReadInPlace(ByteSource* source, SharedWork* work) {
  return std::make_unique<InPlace>(source, work);
}

std::unique_ptr<ChunkSource> ReadAhead(ByteSource* source, SharedWork* work) {
  auto ahead = std::make_unique<Ahead>(source, work);
  if (!ahead->Start().ok()) return ReadInPlace(source, work);
  return ahead;
}

}  // namespace cleat::compress
