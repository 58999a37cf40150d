#include "lib/store/own_form.h"

#include <sys/stat.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "absl/types/optional.h"
#include "lib/base/status_macros.h"
#include "lib/ns/id_map.h"
#include "lib/ns/rootless.h"
#include "lib/sys/file.h"

namespace cleat::store {
namespace {

std::string Join(const ns::IdMap& map) {
  const std::string lines = ns::FormatIdMap(map);
  return absl::StrReplaceAll(absl::StripSuffix(lines, "\n"), {{"\n", ","}});
}

absl::StatusOr<ns::IdMap> Split(const std::string& joined) {
  return procfs::ParseIdMap(absl::StrReplaceAll(joined, {{",", "\n"}}));
}

StoreForm FormOf(const ns::IdMap& users, const ns::IdMap& groups) {
  StoreForm form{"user", Join(users), Join(groups)};
  if (form.gid_map == form.id_map) form.gid_map.clear();
  return form;
}

absl::StatusOr<StoreForm> FormOfNamespace() {
  CLEAT_ASSIGN_OR_RETURN(const ns::IdMap users, procfs::ReadIdMap("uid_map"));
  CLEAT_ASSIGN_OR_RETURN(const ns::IdMap groups, procfs::ReadIdMap("gid_map"));
  return FormOf(users, groups);
}

absl::StatusOr<ns::IdMaps> MapsOf(const StoreForm& form) {
  ns::IdMaps maps;
  CLEAT_ASSIGN_OR_RETURN(maps.users, Split(form.id_map));
  CLEAT_ASSIGN_OR_RETURN(
      maps.groups, Split(form.gid_map.empty() ? form.id_map : form.gid_map));
  if (form.squashed()) maps.setgroups = ns::SetGroups::kDeny;
  return maps;
}

absl::StatusOr<StoreForm> FormOfUser(const std::string& root) {
  CLEAT_ASSIGN_OR_RETURN(const StoreForm present, ReadStoreForm(root));
  if (present.xattrs == "user") return present;
  CLEAT_ASSIGN_OR_RETURN(const ns::OwnMaps own, ns::FindOwnMaps());
  return FormOf(own.maps.users, own.maps.groups);
}

absl::StatusOr<StoreForm> FormHere(const std::string& root) {
  switch (ns::RightsHere()) {
    case ns::Rights::kRoot:
      return StoreForm();
    case ns::Rights::kMapped:
      return FormOfNamespace();
    case ns::Rights::kOrdinary:
      break;
  }
  return FormOfUser(root);
}

// Another than the caller; nobody for a store that is not there.
absl::optional<uid_t> OtherOwner(const std::string& root) {
  struct stat info;
  if (stat(root.c_str(), &info) != 0 || info.st_uid == geteuid()) return {};
  return info.st_uid;
}

// What another user keeps in his store, and what its form says, is not to be
// trusted.
absl::Status CheckOwner(const std::string& root) {
  const absl::optional<uid_t> other = OtherOwner(root);
  if (!other) return absl::OkStatus();
  return absl::PermissionDeniedError(
      absl::StrCat("use store ", root, ": it belongs to user ", *other,
                   ": choose another with --store"));
}

}  // namespace

absl::StatusOr<StoreForm> OwnForm(const std::string& root) {
  CLEAT_ASSIGN_OR_RETURN(StoreForm form, FormHere(root));
  CLEAT_RETURN_IF_ERROR(CheckStoreForm(root, form));
  if (form.xattrs == "user") CLEAT_RETURN_IF_ERROR(CheckOwner(root));
  return form;
}

absl::Status EnterForm(const StoreForm& form) {
  if (form.xattrs == "trusted") return absl::OkStatus();
  CLEAT_ASSIGN_OR_RETURN(const ns::IdMaps maps, MapsOf(form));
  return ns::BecomeRoot(maps);
}

absl::Status EnterToRead(const std::string& root) {
  if (ns::RightsHere() != ns::Rights::kOrdinary || OtherOwner(root)) {
    return absl::OkStatus();
  }
  CLEAT_ASSIGN_OR_RETURN(const StoreForm form, ReadStoreForm(root));
  return EnterForm(form);
}

}  // namespace cleat::store
