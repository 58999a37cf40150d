#include "lib/compress/block_pool.h"

#include <algorithm>
#include <utility>

#include "lib/base/status_macros.h"

namespace cleat::compress {

BlockPool::BlockPool(size_t block_size, std::vector<Encoder> encoders,
                     Output output)
    : block_size_(block_size),
      output_(std::move(output)),
      slots_(encoders.size() + 2),
      encoders_(std::move(encoders)) {
  threads_.reserve(encoders_.size());
  for (const Encoder& encoder : encoders_) {
    absl::StatusOr<sys::Thread> thread =
        sys::Thread::Start([this, &encoder] { Encode(encoder); });
    if (!thread.ok()) break;
    threads_.push_back(*std::move(thread));
  }
}

BlockPool::~BlockPool() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  threads_.clear();
}

void BlockPool::Encode(const Encoder& encoder) {
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stop_ || taken_ < submitted_; });
    if (stop_) return;
    Slot& slot = SlotOf(taken_++);
    lock.unlock();
    absl::Status status = encoder(slot.block, &slot.result);
    lock.lock();
    slot.status = std::move(status);
    slot.done = true;
    changed_.notify_all();
  }
}

absl::Status BlockPool::Write(absl::string_view data) {
  while (!data.empty()) {
    std::string& block = SlotOf(filling_).block;
    if (block.capacity() < block_size_) block.reserve(block_size_);
    const size_t count = std::min(data.size(), block_size_ - block.size());
    block.append(data.data(), count);
    data.remove_prefix(count);
    if (block.size() == block_size_) CLEAT_RETURN_IF_ERROR(Submit());
  }
  return absl::OkStatus();
}

absl::Status BlockPool::Submit() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    submitted_ = ++filling_;
  }
  changed_.notify_all();
  // The next block needs a slot that is free.
  if (filling_ - written_ < slots_.size()) return absl::OkStatus();
  return PutOutOldest();
}

absl::Status BlockPool::PutOutOldest() {
  Slot& slot = SlotOf(written_++);
  if (threads_.empty()) {
    slot.status = encoders_.front()(slot.block, &slot.result);
  } else {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [&slot] { return slot.done; });
    slot.done = false;
  }
  CLEAT_RETURN_IF_ERROR(slot.status);
  slot.block.clear();
  return output_(slot.result);
}

absl::Status BlockPool::Finish() {
  if (filling_ == 0 || !SlotOf(filling_).block.empty()) {
    CLEAT_RETURN_IF_ERROR(Submit());
  }
  while (written_ < filling_) CLEAT_RETURN_IF_ERROR(PutOutOldest());
  return absl::OkStatus();
}

}  // namespace cleat::compress
