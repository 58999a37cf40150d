#include "lib/runtime/user.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>

#include <array>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/types/optional.h"
#include "lib/base/status_macros.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"

namespace cleat::runtime {
namespace {

constexpr size_t kMaxFile = size_t{8} << 20;
// NGROUPS_MAX of linux/limits.h.
constexpr size_t kMaxGroups = 65536;
// (uid_t)-1 means "none" to the kernel; Docker stops at 2^31 - 1, too.
constexpr uint32_t kMaxId = 0x7fffffff;

absl::optional<uint32_t> ParseId(absl::string_view text) {
  uint32_t id;
  const bool digits = !text.empty() && text.find_first_not_of("0123456789") ==
                                           absl::string_view::npos;
  if (!digits || !absl::SimpleAtoi(text, &id) || id > kMaxId) {
    return absl::nullopt;
  }
  return id;
}

// The fields of a line of exactly this many.
template <size_t kCount>
absl::optional<std::array<absl::string_view, kCount>> Fields(
    absl::string_view line) {
  std::array<absl::string_view, kCount> fields;
  size_t count = 0;
  for (absl::string_view field : absl::StrSplit(line, ':')) {
    if (count == kCount) return absl::nullopt;
    fields[count++] = field;
  }
  if (count != kCount) return absl::nullopt;
  return fields;
}

struct PasswdEntry {
  absl::string_view name;
  uint32_t uid;
  uint32_t gid;
  absl::string_view home;
};

// passwd(5): name:password:UID:GID:GECOS:directory:shell
absl::optional<PasswdEntry> ParsePasswd(absl::string_view line) {
  const auto fields = Fields<7>(line);
  if (!fields || (*fields)[0].empty()) return absl::nullopt;
  const auto uid = ParseId((*fields)[2]);
  const auto gid = ParseId((*fields)[3]);
  if (!uid || !gid) return absl::nullopt;
  return PasswdEntry{(*fields)[0], *uid, *gid, (*fields)[5]};
}

struct GroupEntry {
  absl::string_view name;
  uint32_t gid;
  absl::string_view members;
};

// group(5): group_name:password:GID:user_list
absl::optional<GroupEntry> ParseGroup(absl::string_view line) {
  const auto fields = Fields<4>(line);
  if (!fields || (*fields)[0].empty()) return absl::nullopt;
  const auto gid = ParseId((*fields)[2]);
  if (!gid) return absl::nullopt;
  return GroupEntry{(*fields)[0], *gid, (*fields)[3]};
}

absl::optional<PasswdEntry> FindPasswd(absl::string_view passwd,
                                       absl::string_view wanted) {
  const auto uid = ParseId(wanted);
  for (absl::string_view line : absl::StrSplit(passwd, '\n')) {
    const auto entry = ParsePasswd(line);
    if (entry && (entry->name == wanted || (uid && entry->uid == *uid))) {
      return entry;
    }
  }
  return absl::nullopt;
}

bool IsMember(absl::string_view members, absl::string_view name) {
  for (absl::string_view member : absl::StrSplit(members, ',')) {
    if (member == name) return true;
  }
  return false;
}

std::vector<uint32_t> GroupsOf(absl::string_view group,
                               absl::string_view name) {
  std::vector<uint32_t> gids;
  for (absl::string_view line : absl::StrSplit(group, '\n')) {
    const auto entry = ParseGroup(line);
    if (entry && IsMember(entry->members, name) && gids.size() < kMaxGroups) {
      gids.push_back(entry->gid);
    }
  }
  return gids;
}

absl::StatusOr<uint32_t> FindGroup(absl::string_view group,
                                   absl::string_view wanted) {
  const auto gid = ParseId(wanted);
  for (absl::string_view line : absl::StrSplit(group, '\n')) {
    const auto entry = ParseGroup(line);
    if (entry && (entry->name == wanted || (gid && entry->gid == *gid))) {
      return entry->gid;
    }
  }
  if (gid) return *gid;
  return absl::NotFoundError(absl::StrCat(
      "group '", wanted, "': the container's /etc/group has no such entry"));
}

// The user part alone, with the groups that come with it.
absl::StatusOr<User> FindName(absl::string_view passwd, absl::string_view group,
                              absl::string_view name) {
  User user;
  const auto entry = FindPasswd(passwd, name);
  if (entry) {
    user.uid = entry->uid;
    user.gid = entry->gid;
    if (!entry->home.empty()) user.home = std::string(entry->home);
    user.additional_gids = GroupsOf(group, entry->name);
    return user;
  }
  const auto uid = ParseId(name);
  if (!uid) {
    return absl::NotFoundError(absl::StrCat(
        "user '", name, "': the container's /etc/passwd has no such entry"));
  }
  user.uid = *uid;
  return user;
}

// The text of a file of the image; empty when there is none.
absl::StatusOr<std::string> ReadImageFile(int root, const std::string& path) {
  absl::StatusOr<sys::Fd> fd =
      sys::OpenResolved(root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY,
                        RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
  if (absl::IsNotFound(fd.status())) return std::string();
  if (!fd.ok()) return fd.status();
  struct stat info;
  if (fstat(fd->get(), &info) != 0) return sys::ErrnoError("stat ", path);
  if (!S_ISREG(info.st_mode)) {
    return absl::FailedPreconditionError(
        absl::StrCat("read the container's ", path, ": not a regular file"));
  }
  return sys::ReadAll(fd->get(), kMaxFile, path);
}

}  // namespace

absl::StatusOr<User> FindUser(absl::string_view passwd, absl::string_view group,
                              absl::string_view user) {
  const size_t colon = user.find(':');
  const absl::string_view name = user.substr(0, colon);
  const absl::string_view group_name =
      colon == absl::string_view::npos ? "" : user.substr(colon + 1);
  CLEAT_ASSIGN_OR_RETURN(User found,
                         FindName(passwd, group, name.empty() ? "0" : name));
  if (group_name.empty()) return found;
  CLEAT_ASSIGN_OR_RETURN(found.gid, FindGroup(group, group_name));
  found.additional_gids.clear();
  return found;
}

absl::StatusOr<User> ResolveUser(int root, absl::string_view user,
                                 const std::vector<std::string>& further) {
  CLEAT_ASSIGN_OR_RETURN(std::string passwd, ReadImageFile(root, "etc/passwd"));
  CLEAT_ASSIGN_OR_RETURN(std::string group, ReadImageFile(root, "etc/group"));
  CLEAT_ASSIGN_OR_RETURN(User found, FindUser(passwd, group, user));
  for (const std::string& name : further) {
    CLEAT_ASSIGN_OR_RETURN(const uint32_t gid, FindGroup(group, name));
    found.additional_gids.push_back(gid);
  }
  return found;
}

UserNames ReadUserNames(int root) {
  const std::string passwd = ReadImageFile(root, "etc/passwd").value_or("");
  UserNames names;
  for (absl::string_view line : absl::StrSplit(passwd, '\n')) {
    const auto entry = ParsePasswd(line);
    if (entry) names.try_emplace(entry->uid, entry->name);
  }
  return names;
}

}  // namespace cleat::runtime
