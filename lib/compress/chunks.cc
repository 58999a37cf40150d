#include "lib/compress/chunks.h"

#include <array>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "lib/base/status_macros.h"

namespace cleat::compress {
namespace {

// Large enough that waking the other thread does not show, nor what a decoder
// does at the edge of a buffer.
constexpr size_t kChunkSize = 256 << 10;
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
  explicit InPlace(ByteSource* source)
      : source_(source), buffer_(new char[kChunkSize]) {}

  absl::StatusOr<absl::string_view> Next() override {
    CLEAT_ASSIGN_OR_RETURN(const size_t count,
                           source_->Read(buffer_.get(), kChunkSize));
    return absl::string_view(buffer_.get(), count);
  }

 private:
  ByteSource* source_;
  std::unique_ptr<char[]> buffer_;
};

// A ring: slots [taken_, filled_) are the consumer's, the others the
// producer's. Each side owns its slots without the lock.
class Ahead : public ChunkSource {
 public:
  Ahead(ByteSource* source, std::function<bool()> help)
      : source_(source),
        help_(std::move(help)),
        buffer_(new char[kSlots * kChunkSize]),
        thread_([this] { Produce(); }) {}

  ~Ahead() override {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      stopped_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }

  absl::StatusOr<absl::string_view> Next() override {
    std::unique_lock<std::mutex> lock(mutex_);
    if (holding_) ++taken_;
    holding_ = true;
    changed_.notify_all();
    Wait(lock, [this] { return taken_ < filled_; });
    CLEAT_ASSIGN_OR_RETURN(const size_t size, slots_[taken_ % kSlots]);
    return absl::string_view(Slot(taken_), size);
  }

 private:
  char* Slot(size_t number) {
    return buffer_.get() + (number % kSlots) * kChunkSize;
  }

  template <typename Done>
  void Wait(std::unique_lock<std::mutex>& lock, const Done& done) {
    while (!done()) {
      lock.unlock();
      const bool helped = help_();
      lock.lock();
      if (helped) continue;
      changed_.wait(lock, done);
    }
  }

  // False when the consumer is gone.
  bool WaitForFreeSlot() {
    std::unique_lock<std::mutex> lock(mutex_);
    Wait(lock, [this] { return stopped_ || filled_ - taken_ < kSlots; });
    return !stopped_;
  }

  void Publish(absl::StatusOr<size_t> size) {
    std::lock_guard<std::mutex> lock(mutex_);
    slots_[filled_ % kSlots] = std::move(size);
    ++filled_;
    changed_.notify_all();
  }

  void Produce() {
    bool more = true;
    while (more && WaitForFreeSlot()) {
      absl::StatusOr<size_t> size =
          ReadFully(source_, Slot(filled_), kChunkSize);
      more = size.ok() && *size == kChunkSize;
      const bool end_follows = size.ok() && !more && *size > 0;
      Publish(std::move(size));
      if (end_follows && WaitForFreeSlot()) Publish(size_t{0});
    }
  }

  ByteSource* source_;
  std::function<bool()> help_;
  std::unique_ptr<char[]> buffer_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::array<absl::StatusOr<size_t>, kSlots> slots_;
  size_t filled_ = 0;
  size_t taken_ = 0;
  bool holding_ = false;
  bool stopped_ = false;
  std::thread thread_;  // Last: it starts when all else is there.
};

}  // namespace

std::unique_ptr<ChunkSource> ReadInPlace(ByteSource* source) {
  return std::make_unique<InPlace>(source);
}

std::unique_ptr<ChunkSource> ReadAhead(ByteSource* source,
                                       std::function<bool()> help) {
  return std::make_unique<Ahead>(source, std::move(help));
}

}  // namespace cleat::compress
