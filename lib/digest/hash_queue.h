#ifndef CLEAT_LIB_DIGEST_HASH_QUEUE_H_
#define CLEAT_LIB_DIGEST_HASH_QUEUE_H_

#include <cstdint>
#include <deque>
#include <mutex>
#include <string>

#include "absl/strings/string_view.h"
#include "lib/digest/sha256.h"

namespace cleat::digest {

// A SHA-256 whose work is done later, by whichever thread has nothing better to
// do: of two threads that decompress and unpack, the one that waits for the
// other. One thread at a time adds, any may help.
class HashQueue {
 public:
  // Adds the next bytes, which must stay where they are until they are hashed.
  // Returns the number of pieces added so far.
  uint64_t Add(absl::string_view bytes);

  // Hashes the oldest piece that waits. False when there is none, or another
  // thread is at it.
  bool Help();

  // Returns once the first `count` pieces have been hashed, and helps.
  void Await(uint64_t count);

  // The digest of everything: "sha256:…". Ends the queue.
  std::string Finish();

 private:
  // Hashes the oldest piece; `hashing_` is held.
  bool HashOne();

  // Of `hash_`, and of removing from `waiting_`.
  std::mutex hashing_;
  Sha256 hash_;
  // Of what follows.
  std::mutex mutex_;
  std::deque<absl::string_view> waiting_;
  uint64_t added_ = 0;
  uint64_t done_ = 0;
};

}  // namespace cleat::digest

#endif  // CLEAT_LIB_DIGEST_HASH_QUEUE_H_
