#include "lib/compress/channel.h"

#include <algorithm>
#include <utility>

#include "lib/base/status_macros.h"

namespace cleat::compress {

absl::Status Channel::Write(absl::string_view data) {
  while (!data.empty()) {
    // Only the writer changes `written_`.
    std::string& block = BlockOf(written_);
    const size_t count = std::min(data.size(), kBlock - block.size());
    block.append(data.data(), count);
    data.remove_prefix(count);
    if (block.size() == kBlock) CLEAT_RETURN_IF_ERROR(Submit());
  }
  return absl::OkStatus();
}

absl::Status Channel::Submit() {
  std::unique_lock<std::mutex> lock(mutex_);
  ++written_;
  changed_.notify_all();
  changed_.wait(lock,
                [this] { return abandoned_ || written_ - read_ < kBlocks; });
  if (abandoned_) return absl::CancelledError("nobody reads");
  BlockOf(written_).clear();
  return absl::OkStatus();
}

void Channel::Close(absl::Status status) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!BlockOf(written_).empty()) ++written_;
  status_ = std::move(status);
  closed_ = true;
  changed_.notify_all();
}

absl::StatusOr<absl::string_view> Channel::Next() {
  std::unique_lock<std::mutex> lock(mutex_);
  if (reading_) {
    ++read_;
    changed_.notify_all();
  }
  changed_.wait(lock, [this] { return closed_ || read_ < written_; });
  reading_ = read_ < written_;
  if (reading_) return BlockOf(read_);
  if (!status_.ok()) return status_;
  return absl::string_view();
}

void Channel::Abandon() {
  const std::lock_guard<std::mutex> lock(mutex_);
  abandoned_ = true;
  changed_.notify_all();
}

}  // namespace cleat::compress
