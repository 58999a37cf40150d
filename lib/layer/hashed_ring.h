#ifndef CLEAT_LIB_LAYER_HASHED_RING_H_
#define CLEAT_LIB_LAYER_HASHED_RING_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/base/page_buffer.h"
#include "lib/compress/byte_source.h"
#include "lib/compress/chunk_source.h"
#include "lib/digest/hash_queue.h"

namespace cleat::layer {

// Bytes on their way to a decoder, kept in a ring until somebody has hashed
// them. Reading ahead is for any thread, too. Memory: 4 MiB.
class HashedRing : public compress::ChunkSource {
 public:
  // Where reading may take long (a pipe), helpers are to leave it alone.
  enum class Helpers { kMayRead, kMayNotRead };

  // Borrows `input`, and `hash`, which it feeds.
  HashedRing(compress::ByteSource* input, Helpers helpers,
             digest::HashQueue* hash);

  // On the decoder's thread.
  absl::StatusOr<absl::string_view> Next() override;

  // Reads a piece ahead, on any thread. False when there is no room, or another
  // thread is at it.
  bool Help();

  // The bytes given out so far.
  int64_t size() const { return size_; }

 private:
  static constexpr size_t kSlots = 8;

  char* Slot(uint64_t number);
  // Reads the next piece; `reading_` is held.
  void Read();

  compress::ByteSource* input_;
  bool helpers_may_read_;
  digest::HashQueue* hash_;
  base::PageBuffer buffer_;
  std::array<absl::StatusOr<size_t>, kSlots> sizes_;
  std::mutex reading_;
  bool ended_ = false;
  // Pieces read, and given out, of which the last is still in use.
  std::atomic<uint64_t> filled_{0};
  std::atomic<uint64_t> given_{0};
  int64_t size_ = 0;
};

}  // namespace cleat::layer

#endif  // CLEAT_LIB_LAYER_HASHED_RING_H_
