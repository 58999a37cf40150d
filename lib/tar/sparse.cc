#include "lib/tar/sparse.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "lib/base/status_macros.h"
#include "lib/tar/header.h"

namespace cleat::tar {
namespace {

constexpr size_t kNumberSize = 12;

absl::Status BadMap(absl::string_view why) {
  return absl::DataLossError(absl::StrCat("sparse map: ", why));
}

}  // namespace

absl::StatusOr<std::vector<Extent>> ParseSparseMap(absl::string_view text) {
  std::vector<Extent> extents;
  bool is_offset = true;
  if (text.empty()) return extents;
  for (const absl::string_view word : absl::StrSplit(text, ',')) {
    int64_t number;
    if (!absl::SimpleAtoi(word, &number)) return BadMap("not a number");
    if (is_offset) {
      extents.push_back({number, 0});
    } else {
      extents.back().size = number;
    }
    is_offset = !is_offset;
  }
  if (!is_offset) return BadMap("an offset without a size");
  return extents;
}

absl::StatusOr<bool> AppendOldSparse(absl::string_view pairs,
                                     std::vector<Extent>* extents) {
  for (; pairs.size() >= 2 * kNumberSize; pairs.remove_prefix(24)) {
    if (pairs[0] == '\0') return true;
    if (extents->size() == kMaxExtents) return BadMap("too many extents");
    CLEAT_ASSIGN_OR_RETURN(const int64_t offset,
                           ParseNumber(pairs.substr(0, kNumberSize)));
    CLEAT_ASSIGN_OR_RETURN(const int64_t size,
                           ParseNumber(pairs.substr(kNumberSize, kNumberSize)));
    extents->push_back({offset, size});
  }
  return false;
}

absl::Status CheckExtents(const std::vector<Extent>& extents, int64_t stored,
                          int64_t real_size) {
  int64_t end = 0;
  int64_t sum = 0;
  for (const Extent& extent : extents) {
    if (extent.offset < end || extent.size < 0) return BadMap("out of order");
    if (extent.offset > real_size || extent.size > real_size - extent.offset) {
      return BadMap("reaches beyond the file");
    }
    end = extent.offset + extent.size;
    sum += extent.size;
  }
  if (sum == stored) return absl::OkStatus();
  return BadMap(absl::StrCat("has ", sum, " bytes, the archive ", stored));
}

}  // namespace cleat::tar
