#include "lib/tar/input.h"

#include <algorithm>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"

namespace cleat::tar {

absl::StatusOr<bool> Input::Fill() {
  if (!chunk_.empty()) return true;
  if (ended_) return false;
  CLEAT_ASSIGN_OR_RETURN(chunk_, chunks_->Next());
  ended_ = chunk_.empty();
  return !ended_;
}

absl::string_view Input::Take(size_t size) {
  const absl::string_view taken = chunk_.substr(0, size);
  chunk_.remove_prefix(taken.size());
  position_ += static_cast<int64_t>(taken.size());
  return taken;
}

absl::StatusOr<absl::string_view> Input::Block() {
  CLEAT_ASSIGN_OR_RETURN(const bool more, Fill());
  if (!more) return absl::string_view();
  if (chunk_.size() < kBlockSize) return StraddlingBlock();
  const absl::string_view block = Take(kBlockSize);
  CLEAT_RETURN_IF_ERROR(Show(block));
  return block;
}

absl::StatusOr<absl::string_view> Input::StraddlingBlock() {
  size_t used = 0;
  while (used < kBlockSize) {
    CLEAT_ASSIGN_OR_RETURN(const absl::string_view part,
                           Some(static_cast<int64_t>(kBlockSize - used)));
    memcpy(block_ + used, part.data(), part.size());
    used += part.size();
  }
  return absl::string_view(block_, kBlockSize);
}

absl::StatusOr<absl::string_view> Input::Some(int64_t max) {
  CLEAT_ASSIGN_OR_RETURN(const absl::string_view part, Data(max));
  CLEAT_RETURN_IF_ERROR(Show(part));
  return part;
}

absl::StatusOr<absl::string_view> Input::Data(int64_t max) {
  CLEAT_ASSIGN_OR_RETURN(const bool more, Fill());
  if (!more) {
    return absl::DataLossError(
        absl::StrCat("tar ends too early, at byte ", position_));
  }
  return Take(static_cast<size_t>(
      std::min<uint64_t>(chunk_.size(), static_cast<uint64_t>(max))));
}

absl::StatusOr<std::string> Input::Exactly(size_t size) {
  std::string data;
  data.reserve(size);
  while (data.size() < size) {
    CLEAT_ASSIGN_OR_RETURN(const absl::string_view part,
                           Some(static_cast<int64_t>(size - data.size())));
    data.append(part.data(), part.size());
  }
  return data;
}

absl::Status Input::Skip(int64_t size) {
  while (size > 0) {
    CLEAT_ASSIGN_OR_RETURN(const absl::string_view part, Some(size));
    size -= static_cast<int64_t>(part.size());
  }
  return absl::OkStatus();
}

absl::Status Input::Drain() {
  while (true) {
    CLEAT_ASSIGN_OR_RETURN(const bool more, Fill());
    if (!more) return absl::OkStatus();
    CLEAT_RETURN_IF_ERROR(Show(Take(chunk_.size())));
  }
}

}  // namespace cleat::tar
