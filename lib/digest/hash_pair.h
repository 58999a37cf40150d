#ifndef CLEAT_LIB_DIGEST_HASH_PAIR_H_
#define CLEAT_LIB_DIGEST_HASH_PAIR_H_

#include <array>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>

#include "absl/strings/string_view.h"
#include "lib/digest/sha256.h"

namespace cleat::digest {

// The SHA-256 of two streams whose work is done later, by whichever thread has
// nothing better to do: of two threads that decompress and unpack, the one that
// waits for the other. One thread at a time adds to a stream, any may help.
class HashPair {
 public:
  enum Stream : size_t { kFirst, kSecond };

  // Adds the next bytes of a stream, which must stay where they are until they
  // are hashed. Returns the number of pieces added to it so far.
  uint64_t Add(Stream stream, absl::string_view bytes);

  // Hashes the oldest pieces that wait. False when there are none, or another
  // thread is at it.
  bool Help();

  // Returns once the first `count` pieces of a stream have been hashed, and
  // helps.
  void Await(Stream stream, uint64_t count);

  // The digest of everything: "sha256:…". Ends the stream.
  std::string Finish(Stream stream);

 private:
  // Of all but `hash`, the lock is `mutex_`.
  struct Queue {
    Sha256 hash;
    std::deque<absl::string_view> waiting;
    uint64_t added = 0;
    uint64_t done = 0;

    absl::string_view front() const;
    // The front is hashed.
    void Advance();
  };

  // Hashes the oldest pieces; `hashing_` is held.
  bool HashSome();

  std::mutex hashing_;
  std::mutex mutex_;
  std::array<Queue, 2> queues_;
};

}  // namespace cleat::digest

#endif  // CLEAT_LIB_DIGEST_HASH_PAIR_H_
