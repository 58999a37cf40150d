#include "lib/digest/hash_queue.h"

namespace cleat::digest {

uint64_t HashQueue::Add(absl::string_view bytes) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (bytes.empty()) return added_;
  waiting_.push_back(bytes);
  return ++added_;
}

bool HashQueue::HashOne() {
  absl::string_view bytes;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (waiting_.empty()) return false;
    bytes = waiting_.front();
  }
  hash_.Update(bytes);
  const std::lock_guard<std::mutex> lock(mutex_);
  waiting_.pop_front();
  ++done_;
  return true;
}

bool HashQueue::Help() {
  const std::unique_lock<std::mutex> lock(hashing_, std::try_to_lock);
  return lock.owns_lock() && HashOne();
}

void HashQueue::Await(uint64_t count) {
  while (true) {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (done_ >= count) return;
    }
    // Waits for the thread that is at it, and goes on where it ends.
    const std::lock_guard<std::mutex> lock(hashing_);
    HashOne();
  }
}

std::string HashQueue::Finish() {
  const std::lock_guard<std::mutex> lock(hashing_);
  while (HashOne()) {
  }
  return hash_.Finish();
}

}  // namespace cleat::digest
