#ifndef CLEAT_LIB_COMPRESS_BLOCK_POOL_H_
#define CLEAT_LIB_COMPRESS_BLOCK_POOL_H_

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "lib/compress/sink.h"
#include "lib/sys/threads.h"

namespace cleat::compress {

// Cuts what is written into blocks of one size, encodes them on several
// threads, each by itself, and puts the results out in order. What comes out
// depends on the blocks alone, and so not on how many threads there are, which
// is faster, or in what pieces the data came.
//
// Memory: a block and its encoded form for each thread and two more.
class BlockPool : public Sink {
 public:
  // Encodes a block. Called on one thread at a time.
  using Encoder =
      std::function<absl::Status(absl::string_view block, std::string* result)>;

  // An encoder per thread; at least one. Where there are fewer threads to be
  // had, some are left out; where there are none, the caller's encodes.
  BlockPool(size_t block_size, std::vector<Encoder> encoders, Output output);
  ~BlockPool() override;

  absl::Status Write(absl::string_view data) override;
  // Data of no bytes are one empty block.
  absl::Status Finish() override;

 private:
  // A slot is the writer's until it is submitted, then a thread's until it is
  // done, then the writer's again.
  struct Slot {
    std::string block;
    std::string result;
    absl::Status status;
    bool done = false;
  };

  Slot& SlotOf(uint64_t number) { return slots_[number % slots_.size()]; }
  void Encode(const Encoder& encoder);
  // Hands the block being filled over.
  absl::Status Submit();
  // Waits for the oldest block, or encodes it, and puts it out.
  absl::Status PutOutOldest();

  const size_t block_size_;
  const Output output_;
  std::vector<Slot> slots_;
  // Blocks are numbered from 0 on. Only the writer uses these two.
  uint64_t written_ = 0;  // put out
  uint64_t filling_ = 0;  // the one being filled

  std::mutex mutex_;
  std::condition_variable changed_;
  uint64_t submitted_ = 0;  // below: handed over
  uint64_t taken_ = 0;      // below: taken by a thread
  bool stop_ = false;

  std::vector<Encoder> encoders_;
  std::vector<sys::Thread> threads_;
};

}  // namespace cleat::compress

#endif  // CLEAT_LIB_COMPRESS_BLOCK_POOL_H_
