#ifndef CLEAT_LIB_COMPRESS_CHANNEL_H_
#define CLEAT_LIB_COMPRESS_CHANNEL_H_

#include <array>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/compress/chunk_source.h"

namespace cleat::compress {

// Bytes from a thread that pushes to one that pulls. Memory: 1 MiB.
class Channel : public ChunkSource {
 public:
  Channel() = default;
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  // The writer's. Waits for room; kCancelled when nobody reads any more.
  absl::Status Write(absl::string_view data);
  // The end, or the error that the reader gets after what was written. Once.
  void Close(absl::Status status);

  // The reader's.
  absl::StatusOr<absl::string_view> Next() override;
  // Nothing more will be read.
  void Abandon();

 private:
  static constexpr size_t kBlock = size_t{256} << 10;
  static constexpr uint64_t kBlocks = 4;

  std::string& BlockOf(uint64_t number) { return blocks_[number % kBlocks]; }
  // Hands the block that is filled over and waits for an empty one.
  absl::Status Submit();

  // A block is the writer's below written_, then the reader's until read_.
  std::array<std::string, kBlocks> blocks_;
  bool reading_ = false;  // the reader's: it has a block

  std::mutex mutex_;
  std::condition_variable changed_;
  uint64_t written_ = 0;
  uint64_t read_ = 0;
  bool closed_ = false;
  bool abandoned_ = false;
  absl::Status status_;
};

}  // namespace cleat::compress

#endif  // CLEAT_LIB_COMPRESS_CHANNEL_H_
