#include "lib/ns/rootless.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "lib/base/status_macros.h"
#include "lib/base/trace.h"
#include "lib/ns/subid.h"
#include "lib/ns/unshare.h"
#include "lib/ns/user.h"
#include "lib/sys/capability.h"
#include "lib/sys/child.h"
#include "lib/sys/clone.h"
#include "lib/sys/errno.h"
#include "lib/sys/fd.h"
#include "lib/sys/file.h"
#include "lib/sys/nsfs.h"
#include "lib/sys/privilege.h"
#include "lib/sys/remove_tree.h"

namespace cleat::ns {
namespace {

bool May(int capability) {
  return (sys::EffectiveCapabilities() >> capability & 1) != 0;
}

bool IsInstalled(absl::string_view program) {
  const char* path = getenv("PATH");
  for (absl::string_view directory :
       absl::StrSplit(path == nullptr ? "/usr/bin:/bin" : path, ':')) {
    const std::string candidate = absl::StrCat(directory, "/", program);
    if (access(candidate.c_str(), X_OK) == 0) return true;
  }
  return false;
}

// Why the setuid helpers could not write a map; empty when they could.
std::string HelpersMissing() {
  if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1) {
    return "no_new_privs is set, so that newuidmap cannot give more (run this "
           "without it)";
  }
  for (const IdKind kind : {IdKind::kUser, IdKind::kGroup}) {
    if (IsInstalled(NamesOf(kind).helper)) continue;
    return absl::StrCat(NamesOf(kind).helper,
                        " is not installed (the package uidmap, or "
                        "shadow-utils, has it)");
  }
  return "";
}

IdMap MakeMap(uint32_t own, const std::vector<SubIds>& more) {
  IdMap map = {{0, own, 1}};
  uint32_t next = 1;
  for (const SubIds& ids : more) {
    map.push_back({next, ids.first, ids.count});
    next += ids.count;
  }
  return map;
}

// All ids of this namespace, each as itself.
absl::StatusOr<IdMap> MapOfAll(IdKind kind) {
  CLEAT_ASSIGN_OR_RETURN(IdMap map, procfs::ReadIdMap(NamesOf(kind).map_file));
  for (IdRange& range : map) range.outside = range.inside;
  return map;
}

absl::StatusOr<OwnMaps> AllMaps() {
  OwnMaps own;
  CLEAT_ASSIGN_OR_RETURN(own.maps.users, MapOfAll(IdKind::kUser));
  CLEAT_ASSIGN_OR_RETURN(own.maps.groups, MapOfAll(IdKind::kGroup));
  return own;
}

OwnMaps Squashed(std::string reason) {
  OwnMaps own;
  own.maps.users = {{0, geteuid(), 1}};
  own.maps.groups = {{0, getegid(), 1}};
  own.maps.setgroups = SetGroups::kDeny;
  own.squashed = std::move(reason);
  return own;
}

absl::StatusOr<bool> MayMount() {
  CLEAT_ASSIGN_OR_RETURN(const sys::Fd mounts,
                         sys::Open("/proc/self/ns/mnt", O_RDONLY));
  CLEAT_ASSIGN_OR_RETURN(const sys::Fd self,
                         sys::Open("/proc/self/ns/user", O_RDONLY));
  const absl::StatusOr<sys::Fd> owner = sys::NamespaceOwner(mounts.get());
  // Out of sight: an outer one.
  if (absl::IsPermissionDenied(owner.status())) return false;
  if (!owner.ok()) return owner.status();
  CLEAT_ASSIGN_OR_RETURN(const uint64_t own, sys::NamespaceInode(self.get()));
  CLEAT_ASSIGN_OR_RETURN(const uint64_t its, sys::NamespaceInode(owner->get()));
  return own == its;
}

// The root of a user namespace may mount in what that namespace owns:
// `unshare -r` alone leaves the process among the mounts of the outer one.
absl::Status OwnMounts() {
  CLEAT_ASSIGN_OR_RETURN(const bool may, MayMount());
  return may ? absl::OkStatus() : Unshare(CLONE_NEWNS);
}

}  // namespace

Rights RightsHere() {
  if (!May(CAP_SYS_ADMIN)) return Rights::kOrdinary;
  return sys::InFirstUserNamespace() ? Rights::kRoot : Rights::kMapped;
}

absl::StatusOr<OwnMaps> FindOwnMaps() {
  if (May(CAP_SETUID) && May(CAP_SETGID)) return AllMaps();
  const auto users = ReadSubIds(IdKind::kUser, geteuid());
  if (absl::IsNotFound(users.status())) {
    return Squashed(std::string(users.status().message()));
  }
  if (!users.ok()) return users.status();
  const auto groups = ReadSubIds(IdKind::kGroup, geteuid());
  if (absl::IsNotFound(groups.status())) {
    return Squashed(std::string(groups.status().message()));
  }
  if (!groups.ok()) return groups.status();
  std::string missing = HelpersMissing();
  if (!missing.empty()) return Squashed(std::move(missing));
  OwnMaps own;
  own.maps.users = MakeMap(geteuid(), *users);
  own.maps.groups = MakeMap(getegid(), *groups);
  return own;
}

absl::Status BecomeRoot(const IdMaps& maps) {
  switch (RightsHere()) {
    case Rights::kRoot:
      return absl::OkStatus();
    case Rights::kMapped:
      return OwnMounts();
    case Rights::kOrdinary:
      break;
  }
  const trace::Span span("become root of a user namespace", "");
  return EnterUserNamespace(maps, CLONE_NEWNS);
}

absl::Status RemoveTree(const std::string& path) {
  const absl::Status status = sys::RemoveTree(path);
  if (!absl::IsPermissionDenied(status) || RightsHere() != Rights::kOrdinary) {
    return status;
  }
  CLEAT_ASSIGN_OR_RETURN(const OwnMaps own, FindOwnMaps());
  CLEAT_ASSIGN_OR_RETURN(sys::ReportPipe pipe, sys::MakeReportPipe());
  CLEAT_ASSIGN_OR_RETURN(const sys::ChildProcess child, sys::Clone({}, [&] {
                           const sys::ChildReport report(pipe.child.get());
                           absl::Status removed = BecomeRoot(own.maps);
                           if (removed.ok()) removed = sys::RemoveTree(path);
                           if (!removed.ok())
                             report.Refuse("remove", path, removed.message());
                           _exit(0);
                         }));
  pipe.child.Reset();
  const absl::Status removed = sys::AwaitChild(pipe.parent.get()).status();
  sys::RetryOnEintr([&] { return waitpid(child.pid, nullptr, 0); });
  return removed;
}

}  // namespace cleat::ns
