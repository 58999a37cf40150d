#ifndef CLEAT_LIB_PROCFS_ID_MAP_H_
#define CLEAT_LIB_PROCFS_ID_MAP_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"

// /proc/PID/uid_map and gid_map: user_namespaces(7), "User and group ID
// mappings".

namespace cleat::procfs {

// `count` ids from `inside` on in the user namespace are those from `outside`
// on in the reader's (its parent's when the reader is in it).
struct IdRange {
  uint32_t inside = 0;
  uint32_t outside = 0;
  uint32_t count = 0;
};

// Parses all lines. kInvalidArgument names one that is malformed, empty, or
// reaches beyond 32 bits.
absl::StatusOr<std::vector<IdRange>> ParseIdMap(absl::string_view text);

// Reads <proc>/<process>/<file>; `file` is "uid_map" or "gid_map". An empty
// map is that of a namespace whose map is not yet written.
absl::StatusOr<std::vector<IdRange>> ReadIdMap(
    absl::string_view file, const std::string& proc = "/proc",
    absl::string_view process = "self");

// The outside id of `inside`, and the other way round; none if unmapped.
absl::optional<uint32_t> MapOut(const std::vector<IdRange>& map,
                                uint32_t inside);
absl::optional<uint32_t> MapIn(const std::vector<IdRange>& map,
                               uint32_t outside);

}  // namespace cleat::procfs

#endif  // CLEAT_LIB_PROCFS_ID_MAP_H_
