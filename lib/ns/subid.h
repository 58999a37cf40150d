#ifndef CLEAT_LIB_NS_SUBID_H_
#define CLEAT_LIB_NS_SUBID_H_

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/ns/id_map.h"

// Which ids an ordinary user may map: subuid(5) and subgid(5), lines of
// "OWNER:FIRST:COUNT" whose owner is a name or a user id (in subgid, too).

namespace cleat::ns {

// `count` ids from `first` on.
struct SubIds {
  uint32_t first = 0;
  uint32_t count = 0;
};

// The ranges of the user `uid`, by number or by any of `names`, in the order of
// the text. Empty ones are left out, other users' lines are not looked at;
// kInvalidArgument names a line of this user's that is malformed.
absl::StatusOr<std::vector<SubIds>> ParseSubIds(
    absl::string_view text, uid_t uid, const std::vector<std::string>& names);

// The names of `uid` in the text of passwd(5).
std::vector<std::string> NamesOfUser(absl::string_view passwd, uid_t uid);

// Reads /etc/subuid or /etc/subgid, and /etc/passwd, below `root`; at least one
// range. kNotFound says which line would help.
absl::StatusOr<std::vector<SubIds>> ReadSubIds(IdKind kind, uid_t uid,
                                               const std::string& root = "");

}  // namespace cleat::ns

#endif  // CLEAT_LIB_NS_SUBID_H_
