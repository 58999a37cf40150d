#ifndef CLEAT_LIB_NS_ID_MAP_H_
#define CLEAT_LIB_NS_ID_MAP_H_

#include <sys/types.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/procfs/id_map.h"

// The id maps of user namespaces as text and as a whole: user_namespaces(7),
// "User and group ID mappings"; the rules are those of map_write() in the
// kernel's kernel/user_namespace.c. lib/ns/write_id_maps.h writes them.

namespace cleat::ns {

using procfs::IdRange;

// The lines of a map: user ids or group ids, none for a map that stays
// unwritten (all ids then are the overflow id, 65534).
using IdMap = std::vector<IdRange>;

// The kernel's bound (UID_GID_MAP_MAX_EXTENTS).
inline constexpr size_t kMaxIdRanges = 340;

enum class IdKind { kUser, kGroup };

// What differs between user ids and group ids.
struct IdKindNames {
  const char* noun;        // "user"
  const char* map_file;    // below /proc/PID
  const char* helper;      // the setuid program that writes a map
  const char* subid_file;  // which ids it may give to whom
};

const IdKindNames& NamesOf(IdKind kind);

// Parses "INSIDE:OUTSIDE:COUNT" (docker's and podman's "CONTAINER:HOST:SIZE";
// without a count it is 1), or "OUTSIDE,INSIDE,COUNT" as util-linux had it
// before 2.40. kInvalidArgument names what is malformed, empty or reaches
// beyond 32 bits; the id 4294967295 means "no id" and cannot be mapped.
absl::StatusOr<IdRange> ParseIdRange(absl::string_view text);

// "INSIDE:OUTSIDE:COUNT".
std::string FormatIdRange(const IdRange& range);

// As it is written to /proc/PID/uid_map: a range per line.
std::string FormatIdMap(const IdMap& map);

// Refuses, with a word that names the ranges, what the kernel would refuse
// with EINVAL or EPERM: ranges that overlap inside or outside, more than 340,
// a text that is no less than a page, and ids that `parent`, the map of the
// writer's own user namespace, does not have in one range.
absl::Status CheckIdMap(IdKind kind, const IdMap& map, const IdMap& parent);

// Puts `inside`, mapped to `outside`, before the ranges of a map. Where a range
// has one of both ids it gives it up, and maps the ids that it keeps inside to
// those that it keeps outside in turn, as unshare(1) has it: its last id may
// so remain unmapped.
void AddSingleId(uint32_t inside, uint32_t outside, IdMap* map);

}  // namespace cleat::ns

#endif  // CLEAT_LIB_NS_ID_MAP_H_
