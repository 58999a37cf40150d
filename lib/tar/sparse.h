#ifndef CLEAT_LIB_TAR_SPARSE_H_
#define CLEAT_LIB_TAR_SPARSE_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

// Sparse maps: where in the file the stored bytes belong, GNU tar's manual,
// "Sparse Formats". All else are holes.

namespace cleat::tar {

struct Extent {
  int64_t offset;
  int64_t size;
};

// More extents than this are refused: they are kept in memory.
inline constexpr size_t kMaxExtents = size_t{1} << 18;

// Format 0.1: "offset,size,offset,size". kDataLoss for anything else.
absl::StatusOr<std::vector<Extent>> ParseSparseMap(absl::string_view text);

// The old GNU format: pairs of 12-byte numbers; an empty one ends them.
// Returns whether the end was found.
absl::StatusOr<bool> AppendOldSparse(absl::string_view pairs,
                                     std::vector<Extent>* extents);

// kDataLoss unless the extents ascend without overlap, end within `real_size`
// and hold `stored` bytes together.
absl::Status CheckExtents(const std::vector<Extent>& extents, int64_t stored,
                          int64_t real_size);

}  // namespace cleat::tar

#endif  // CLEAT_LIB_TAR_SPARSE_H_
