#include "lib/ns/map_options.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/types/optional.h"
#include "lib/base/status_macros.h"
#include "lib/ns/id_map.h"
#include "lib/ns/subid.h"
#include "lib/runtime/user.h"
#include "lib/sys/file.h"

namespace cleat::ns {
namespace {

// One map while options are read.
struct Side {
  IdKind kind;
  uint32_t own;  // the caller's
  // What it becomes.
  absl::optional<uint32_t> single = absl::nullopt;
  IdMap ranges = {};

  IdMap Whole() const {
    IdMap map = ranges;
    if (single) AddSingleId(*single, own, &map);
    return map;
  }
};

// The id of a name in /etc/passwd or /etc/group.
absl::StatusOr<uint32_t> FindId(IdKind kind, const std::string& name) {
  const bool user = kind == IdKind::kUser;
  CLEAT_ASSIGN_OR_RETURN(const std::string text,
                         sys::ReadFile(user ? "/etc/passwd" : "/etc/group"));
  const auto found =
      user ? runtime::FindUser(text, "", name)
           : runtime::FindUser("", text, absl::StrCat("0:", name));
  if (found.ok()) return user ? found->uid : found->gid;
  return absl::InvalidArgumentError(
      absl::StrCat("no ", NamesOf(kind).noun, " '", name, "'"));
}

absl::Status SetSingle(absl::string_view value, Side* side) {
  uint32_t id;
  if (!absl::SimpleAtoi(value, &id)) {
    CLEAT_ASSIGN_OR_RETURN(id, FindId(side->kind, std::string(value)));
  }
  side->single = id;
  return absl::OkStatus();
}

// The first of the caller's subordinate ranges: from 0 on, or as it is.
absl::Status AddSubIds(bool identity, Side* side) {
  CLEAT_ASSIGN_OR_RETURN(const std::vector<SubIds> ids,
                         ReadSubIds(side->kind, geteuid()));
  side->ranges.push_back(
      {identity ? ids[0].first : 0, ids[0].first, ids[0].count});
  return absl::OkStatus();
}

absl::Status AddAll(Side* side) {
  CLEAT_ASSIGN_OR_RETURN(const IdMap parent,
                         procfs::ReadIdMap(NamesOf(side->kind).map_file));
  for (const IdRange& range : parent) {
    side->ranges.push_back({range.inside, range.inside, range.count});
  }
  return absl::OkStatus();
}

absl::Status AddRanges(absl::string_view value, Side* side) {
  if (value == "auto") return AddSubIds(/*identity=*/false, side);
  if (value == "subids") return AddSubIds(/*identity=*/true, side);
  if (value == "all") return AddAll(side);
  CLEAT_ASSIGN_OR_RETURN(const IdRange range, ParseIdRange(value));
  side->ranges.push_back(range);
  return absl::OkStatus();
}

absl::Status MapRoot(absl::string_view, Side* side) {
  side->single = 0;
  return absl::OkStatus();
}

absl::Status MapCurrent(absl::string_view, Side* side) {
  side->single = side->own;
  return absl::OkStatus();
}

absl::Status MapAuto(absl::string_view, Side* side) {
  return AddSubIds(/*identity=*/false, side);
}

absl::Status MapSubIds(absl::string_view, Side* side) {
  return AddSubIds(/*identity=*/true, side);
}

struct Option {
  absl::string_view name;
  bool users;
  bool groups;
  absl::Status (*apply)(absl::string_view value, Side* side);
};
constexpr Option kOptions[] = {
    {"map-user", true, false, SetSingle},
    {"map-group", false, true, SetSingle},
    {"map-users", true, false, AddRanges},
    {"map-groups", false, true, AddRanges},
    {"map-root-user", true, true, MapRoot},
    {"map-current-user", true, true, MapCurrent},
    {"map-auto", true, true, MapAuto},
    {"map-subids", true, true, MapSubIds},
};

absl::Status Apply(const std::string& text, Side* users, Side* groups) {
  const std::pair<absl::string_view, absl::string_view> words =
      absl::StrSplit(text, absl::MaxSplits('=', 1));
  if (words.second == "false") return absl::OkStatus();
  for (const Option& option : kOptions) {
    if (option.name != words.first) continue;
    absl::Status status;
    if (option.users) status.Update(option.apply(words.second, users));
    if (option.groups) status.Update(option.apply(words.second, groups));
    if (status.ok()) return status;
    return absl::Status(
        status.code(), absl::StrCat("--", option.name, ": ", status.message()));
  }
  return absl::InvalidArgumentError(absl::StrCat("--", text, ": no such map"));
}

absl::StatusOr<SetGroups> ParseSetGroups(absl::string_view text) {
  if (text.empty()) return SetGroups::kUnchanged;
  if (text == "allow") return SetGroups::kAllow;
  if (text == "deny") return SetGroups::kDeny;
  return absl::InvalidArgumentError(absl::StrCat(
      "unsupported --setgroups argument '", text, "' (allow or deny)"));
}

}  // namespace

absl::StatusOr<IdMaps> ParseMapOptions(const std::vector<std::string>& options,
                                       absl::string_view setgroups) {
  Side users{IdKind::kUser, geteuid()};
  Side groups{IdKind::kGroup, getegid()};
  for (const std::string& option : options) {
    CLEAT_RETURN_IF_ERROR(Apply(option, &users, &groups));
  }
  IdMaps maps;
  CLEAT_ASSIGN_OR_RETURN(maps.setgroups, ParseSetGroups(setgroups));
  maps.users = users.Whole();
  maps.groups = groups.Whole();
  if (!groups.single || !groups.ranges.empty()) return maps;
  if (maps.setgroups == SetGroups::kAllow) {
    return absl::InvalidArgumentError(
        "options --setgroups=allow and --map-group are mutually exclusive");
  }
  maps.setgroups = SetGroups::kDeny;
  return maps;
}

}  // namespace cleat::ns
