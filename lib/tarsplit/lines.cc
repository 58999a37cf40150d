#include "lib/tarsplit/lines.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"

namespace cleat::tarsplit {
namespace {

constexpr size_t kFirstCapacity = size_t{64} << 10;

}  // namespace

absl::StatusOr<bool> Lines::Fill() {
  if (ended_) return false;
  const size_t used = end_ - begin_;
  if (used > limit_) {
    return absl::ResourceExhaustedError(
        absl::StrCat("a line of more than ", limit_, " bytes"));
  }
  if (2 * used >= capacity_) {
    capacity_ = std::max(kFirstCapacity, 2 * capacity_);
    std::unique_ptr<char[]> larger(new char[capacity_]);
    if (used > 0) memcpy(larger.get(), buffer_.get() + begin_, used);
    buffer_ = std::move(larger);
  } else {
    memmove(buffer_.get(), buffer_.get() + begin_, used);
  }
  begin_ = 0;
  end_ = used;
  CLEAT_ASSIGN_OR_RETURN(const size_t count,
                         source_->Read(buffer_.get() + end_, capacity_ - end_));
  end_ += count;
  ended_ = count == 0;
  return !ended_;
}

absl::StatusOr<absl::optional<absl::string_view>> Lines::Next() {
  size_t searched = 0;
  while (true) {
    const absl::string_view text = Unused();
    const size_t newline = text.find('\n', searched);
    if (newline != absl::string_view::npos) {
      begin_ += newline + 1;
      return text.substr(0, newline);
    }
    searched = text.size();
    CLEAT_ASSIGN_OR_RETURN(const bool more, Fill());
    if (more) continue;
    // Fill may have moved it.
    const absl::string_view last = Unused();
    if (last.empty()) return absl::nullopt;
    begin_ = end_;
    return last;
  }
}

}  // namespace cleat::tarsplit
