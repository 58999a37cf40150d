#ifndef CLEAT_LIB_PROCFS_CGROUP_STAT_H_
#define CLEAT_LIB_PROCFS_CGROUP_STAT_H_

#include <cstdint>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"

// The forms in which a group's files tell what it uses:
// Documentation/admin-guide/cgroup-v2.rst, "Format", and
// cgroup-v1/blkio-controller.rst. What has another form is passed over, because
// new kernels add to these files; nothing is ever taken for 0.

namespace cleat::procfs {

// "12\n" as a number; nothing for "max" and all else that is none. A number of
// more than 63 bits counts as the greatest.
absl::optional<int64_t> ParseStatNumber(absl::string_view text);

// A decimal of at most two places, in hundredths: "0.12" is 12.
absl::optional<int64_t> ParseStatHundredths(absl::string_view text);

using StatVisitor =
    absl::FunctionRef<void(absl::string_view key, absl::string_view value)>;

// "KEY VALUE" lines: memory.stat, cpu.stat, memory.events.
void ForEachFlatStat(absl::string_view text, StatVisitor visit);

using NestedStatVisitor = absl::FunctionRef<void(
    absl::string_view name, absl::string_view key, absl::string_view value)>;

// "NAME KEY=VALUE KEY=VALUE..." lines: io.stat, memory.pressure, rdma.current.
void ForEachNestedStat(absl::string_view text, NestedStatVisitor visit);

// "NAME KEY VALUE" lines: v1's blkio files. The line "Total VALUE" has another
// form.
void ForEachBlkioStat(absl::string_view text, NestedStatVisitor visit);

}  // namespace cleat::procfs

#endif  // CLEAT_LIB_PROCFS_CGROUP_STAT_H_
