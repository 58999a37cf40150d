#ifndef CLEAT_LIB_RUNTIME_USER_H_
#define CLEAT_LIB_RUNTIME_USER_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace cleat::runtime {

// Whom a program runs as.
struct User {
  uint32_t uid = 0;
  uint32_t gid = 0;
  std::vector<uint32_t> additional_gids;
  std::string home = "/";
};

// Finds "NAME|UID[:GROUP|GID]" (either may be empty: uid 0, no group) in the
// text of passwd(5) and group(5), as Docker does: a number needs no entry, a
// name does; without a group the user's own one and those that list him, with
// one that one alone. Lines that are malformed are no entries. kNotFound for an
// unknown name.
absl::StatusOr<User> FindUser(absl::string_view passwd, absl::string_view group,
                              absl::string_view user);

// The same with /etc/passwd and /etc/group of the file system whose root
// directory is `root`. Both may be absent; both are the image's, so neither
// leads out of it, and neither may be a device or larger than 8 MiB.
// Each group of `further`, by name or id, is one more that he is in.
absl::StatusOr<User> ResolveUser(int root, absl::string_view user,
                                 const std::vector<std::string>& further = {});

// The name that the same file gives to each user id, the first of several; none
// where it cannot be read.
using UserNames = std::map<uint32_t, std::string>;
UserNames ReadUserNames(int root);

}  // namespace cleat::runtime

#endif  // CLEAT_LIB_RUNTIME_USER_H_
