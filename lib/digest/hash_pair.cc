#include "lib/digest/hash_pair.h"

namespace cleat::digest {

absl::string_view HashPair::Queue::front() const {
  return waiting.empty() ? absl::string_view() : waiting.front();
}

void HashPair::Queue::Advance() {
  waiting.pop_front();
  ++done;
}

uint64_t HashPair::Add(Stream stream, absl::string_view bytes) {
  const std::lock_guard<std::mutex> lock(mutex_);
  Queue& queue = queues_[stream];
  if (bytes.empty()) return queue.added;
  queue.waiting.push_back(bytes);
  return ++queue.added;
}

bool HashPair::HashSome() {
  Queue& first = queues_[kFirst];
  Queue& second = queues_[kSecond];
  absl::string_view first_bytes, second_bytes;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    first_bytes = first.front();
    second_bytes = second.front();
  }
  if (first_bytes.empty() && second_bytes.empty()) return false;
  first.hash.Update(first_bytes);
  second.hash.Update(second_bytes);
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!first_bytes.empty()) first.Advance();
  if (!second_bytes.empty()) second.Advance();
  return true;
}

bool HashPair::Help() {
  const std::unique_lock<std::mutex> lock(hashing_, std::try_to_lock);
  return lock.owns_lock() && HashSome();
}

void HashPair::Await(Stream stream, uint64_t count) {
  while (true) {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (queues_[stream].done >= count) return;
    }
    // Waits for the thread that is at it, and goes on where it ends.
    const std::lock_guard<std::mutex> lock(hashing_);
    HashSome();
  }
}

std::string HashPair::Finish(Stream stream) {
  Queue& queue = queues_[stream];
  const std::lock_guard<std::mutex> lock(hashing_);
  while (!queue.front().empty()) HashSome();
  return queue.hash.Finish();
}

}  // namespace cleat::digest
