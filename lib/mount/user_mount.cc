#include "lib/mount/user_mount.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "lib/base/status_macros.h"
#include "lib/ns/id_map.h"

namespace cleat::mount {
namespace {

constexpr absl::string_view kPropagations[] = {"private", "rprivate", "shared",
                                               "rshared", "slave",    "rslave"};

constexpr absl::string_view kMountWords[] = {
    "suid",     "nosuid",     "dev",       "nodev",       "exec",
    "noexec",   "atime",      "noatime",   "diratime",    "nodiratime",
    "relatime", "norelatime", "symfollow", "nosymfollow", "strictatime",
};

struct FlagParser {
  absl::string_view name;
  absl::StatusOr<UserMount> (*parse)(absl::string_view text);
};

constexpr FlagParser kFlags[] = {
    {"mount", ParseMountFlag},
    {"volume", ParseVolumeFlag},
    {"tmpfs", ParseTmpfsFlag},
};

// podman separates the numbers of a range by '-', everyone else by ':'.
absl::StatusOr<procfs::IdRange> ParseRange(absl::string_view text) {
  std::string colons(text);
  std::replace(colons.begin(), colons.end(), '-', ':');
  if (std::count(colons.begin(), colons.end(), ':') != 2) {
    return absl::InvalidArgumentError(
        absl::StrCat("idmap range '", text, "': give ON-DISK-ON-HOST-COUNT"));
  }
  return ns::ParseIdRange(colons);
}

absl::Status ParseRanges(absl::string_view text,
                         std::vector<procfs::IdRange>* ranges) {
  for (const absl::string_view range : absl::StrSplit(text, '#')) {
    CLEAT_ASSIGN_OR_RETURN(const procfs::IdRange parsed, ParseRange(range));
    ranges->push_back(parsed);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> CleanTarget(absl::string_view target) {
  if (!absl::StartsWith(target, "/") || absl::StrContains(target, '\0')) {
    return absl::InvalidArgumentError(
        absl::StrCat("target '", target, "': give an absolute path"));
  }
  std::vector<absl::string_view> parts;
  for (const absl::string_view part :
       absl::StrSplit(target, '/', absl::SkipEmpty())) {
    if (part == ".") continue;
    if (part != "..") {
      parts.push_back(part);
    } else if (!parts.empty()) {
      parts.pop_back();
    }
  }
  if (parts.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "target '", target, "': the root itself is no place for a mount"));
  }
  return absl::StrCat("/", absl::StrJoin(parts, "/"));
}

absl::Status ParseIdmap(absl::string_view value, UserMount* mount) {
  mount->idmap = true;
  for (absl::string_view part : absl::StrSplit(value, ';', absl::SkipEmpty())) {
    const bool users = absl::ConsumePrefix(&part, "uids=");
    if (!users && !absl::ConsumePrefix(&part, "gids=")) {
      return absl::InvalidArgumentError(
          absl::StrCat("idmap '", part, "': give uids=RANGES or gids=RANGES"));
    }
    CLEAT_RETURN_IF_ERROR(
        ParseRanges(part, users ? &mount->uids : &mount->gids));
  }
  return absl::OkStatus();
}

absl::Status SetPropagation(absl::string_view word, UserMount* mount) {
  if (std::find(std::begin(kPropagations), std::end(kPropagations), word) ==
      std::end(kPropagations)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "propagation '", word, "': give ", absl::StrJoin(kPropagations, ", ")));
  }
  mount->propagation = std::string(word);
  return absl::OkStatus();
}

bool IsVolumeName(absl::string_view name) {
  return name.size() > 1 && absl::ascii_isalnum(name[0]) &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return absl::ascii_isalnum(c) || c == '_' || c == '.' || c == '-';
         });
}

bool IsMountWord(absl::string_view word) {
  return std::find(std::begin(kMountWords), std::end(kMountWords), word) !=
         std::end(kMountWords);
}

absl::StatusOr<UserMount> ParseUserMount(absl::string_view entry) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(entry, absl::MaxSplits('=', 1));
  for (const FlagParser& flag : kFlags) {
    if (parts.first != flag.name) continue;
    absl::StatusOr<UserMount> mount = flag.parse(parts.second);
    if (mount.ok()) return mount;
    return absl::InvalidArgumentError(absl::StrCat(
        "--", flag.name, " ", parts.second, ": ", mount.status().message()));
  }
  return absl::InvalidArgumentError(
      absl::StrCat("mounts '", entry, "': give mount=…, volume=… or tmpfs=…"));
}

}  // namespace cleat::mount
