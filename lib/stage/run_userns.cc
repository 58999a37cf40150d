#include "lib/stage/run_userns.h"

#include <unistd.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/ns/id_map.h"
#include "lib/ns/rootless.h"
#include "lib/ns/subid.h"
#include "lib/procfs/id_map.h"
#include "lib/runtime/adapt.h"
#include "lib/sys/privilege.h"

namespace cleat::stage {
namespace {

using Flags = google::protobuf::RepeatedPtrField<std::string>;

absl::StatusOr<ns::IdMap> ParseMap(const char* flag, const Flags& flags) {
  ns::IdMap map;
  for (const std::string& text : flags) {
    const absl::StatusOr<ns::IdRange> range = ns::ParseIdRange(text);
    if (!range.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat("--", flag, ": ", range.status().message()));
    }
    map.push_back(*range);
  }
  return map;
}

// How many ids from `first` on lie in one range of the map around; all where
// none has the first, which is refused when the map is written.
uint32_t CountInOne(const ns::IdMap& around, uint32_t first, uint32_t count) {
  for (const ns::IdRange& range : around) {
    if (first < range.inside || first - range.inside >= range.count) continue;
    return std::min(count, range.count - (first - range.inside));
  }
  return count;
}

// A range that lies in several of the map around, as an ordinary user's does
// whose own id is apart from the others, is several for the kernel.
ns::IdMap Split(const ns::IdMap& map, const ns::IdMap& around) {
  ns::IdMap split;
  for (ns::IdRange range : map) {
    while (range.count > 0) {
      const uint32_t count = CountInOne(around, range.outside, range.count);
      split.push_back({range.inside, range.outside, count});
      range = {range.inside + count, range.outside + count,
               range.count - count};
    }
  }
  return split;
}

// Those that the flags give; as podman has it, one kind stands for both, and
// outside ids of an ordinary user are those that his containers have without.
absl::Status MapsOfFlags(const proto::NamespacesSpec& spec, ns::IdMaps* maps) {
  CLEAT_ASSIGN_OR_RETURN(maps->users, ParseMap("uidmap", spec.uidmap()));
  CLEAT_ASSIGN_OR_RETURN(maps->groups, ParseMap("gidmap", spec.gidmap()));
  if (maps->groups.empty()) maps->groups = maps->users;
  if (maps->users.empty()) maps->users = maps->groups;
  if (ns::RightsHere() != ns::Rights::kOrdinary) return absl::OkStatus();
  CLEAT_ASSIGN_OR_RETURN(const ns::OwnMaps own, ns::FindOwnMaps());
  maps->users = Split(maps->users, own.maps.users);
  maps->groups = Split(maps->groups, own.maps.groups);
  return absl::OkStatus();
}

absl::StatusOr<ns::IdMap> SubIdsOfRoot(ns::IdKind kind) {
  const auto ranges = ns::ReadSubIds(kind, geteuid());
  if (!ranges.ok()) {
    return absl::Status(
        ranges.status().code(),
        absl::StrCat("--userns=private: ", ranges.status().message(),
                     "; or --uidmap=0:100000:65536"));
  }
  ns::IdMap map;
  uint32_t next = 0;
  for (const ns::SubIds& ids : *ranges) {
    map.push_back({next, ids.first, ids.count});
    next += ids.count;
  }
  return map;
}

absl::Status MapsOfRoot(ns::IdMaps* maps) {
  CLEAT_ASSIGN_OR_RETURN(maps->users, SubIdsOfRoot(ns::IdKind::kUser));
  CLEAT_ASSIGN_OR_RETURN(maps->groups, SubIdsOfRoot(ns::IdKind::kGroup));
  return absl::OkStatus();
}

// The user is 0 in the namespace around this one, and the others follow in
// turn: they take his place and leave him his own.
ns::IdMap KeepId(uint32_t own, const ns::IdMap& around) {
  uint32_t others = 0;
  for (const ns::IdRange& range : around) others += range.count;
  others -= 1;
  const uint32_t below = std::min(own, others);
  ns::IdMap map;
  if (below > 0) map.push_back({0, 1, below});
  map.push_back({own, 0, 1});
  if (others > below) map.push_back({own + 1, below + 1, others - below});
  return map;
}

absl::Status MapsOfKeptId(Run& run) {
  if (ns::RightsHere() != ns::Rights::kOrdinary) {
    return absl::InvalidArgumentError(
        "--userns=keep-id: is for ordinary users; root has --uidmap");
  }
  const uid_t uid = geteuid();
  const gid_t gid = getegid();
  CLEAT_ASSIGN_OR_RETURN(const ns::OwnMaps own, ns::FindOwnMaps());
  run.id_maps.users = KeepId(uid, own.maps.users);
  run.id_maps.groups = KeepId(gid, own.maps.groups);
  run.id_maps.setgroups = own.maps.setgroups;
  if (!run.sources.process.has_user()) {
    run.sources.process.set_user(absl::StrCat(uid, ":", gid));
  }
  return absl::OkStatus();
}

absl::Status RefuseMode(const std::string& mode) {
  return absl::InvalidArgumentError(
      absl::StrCat("--userns '", mode, "': give private, host or keep-id"));
}

void AddMappings(
    const ns::IdMap& map,
    google::protobuf::RepeatedPtrField<proto::oci::IdMapping>* mappings) {
  for (const ns::IdRange& range : map) {
    proto::oci::IdMapping& mapping = *mappings->Add();
    mapping.set_container_id(range.inside);
    mapping.set_host_id(range.outside);
    mapping.set_size(range.count);
  }
}

}  // namespace

absl::Status ChooseIdMaps(Run& run) {
  const proto::NamespacesSpec& spec = run.namespaces.spec();
  const std::string& mode = spec.userns();
  const bool has_maps = spec.uidmap_size() > 0 || spec.gidmap_size() > 0;
  if (!mode.empty() && mode != "private" && has_maps) {
    return absl::InvalidArgumentError(
        absl::StrCat("--userns=", mode, ": takes no --uidmap or --gidmap"));
  }
  if (has_maps) return MapsOfFlags(spec, &run.id_maps);
  if (mode == "keep-id") return MapsOfKeptId(run);
  const bool ordinary = ns::RightsHere() == ns::Rights::kOrdinary;
  if (mode == "host" && ordinary) {
    return absl::InvalidArgumentError(
        "--userns=host: an ordinary user's containers are in a user namespace");
  }
  if (mode == "private" && !ordinary) return MapsOfRoot(&run.id_maps);
  if (mode.empty() || mode == "private" || mode == "host") {
    return absl::OkStatus();
  }
  return RefuseMode(mode);
}

absl::Status SetUserNamespace(const Run& run, proto::oci::Spec* spec) {
  if (!run.id_maps.users.empty()) {
    spec->mutable_linux()->add_namespaces()->set_type("user");
    AddMappings(run.id_maps.users,
                spec->mutable_linux()->mutable_uid_mappings());
    AddMappings(run.id_maps.groups,
                spec->mutable_linux()->mutable_gid_mappings());
    runtime::AdaptToUserNamespace(run.id_maps.groups, spec);
    return absl::OkStatus();
  }
  if (sys::InFirstUserNamespace()) return absl::OkStatus();
  CLEAT_ASSIGN_OR_RETURN(const ns::IdMap groups, procfs::ReadIdMap("gid_map"));
  runtime::AdaptToUserNamespace(groups, spec);
  return absl::OkStatus();
}

}  // namespace cleat::stage
