#include "lib/ns/write_id_maps.h"

#include <linux/capability.h>
#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/base/trace.h"
#include "lib/ns/map_helper.h"
#include "lib/sys/capability.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"

namespace cleat::ns {
namespace {

bool IsId(const IdMap& map, uint32_t id) {
  return map.size() == 1 && map[0].count == 1 && map[0].outside == id;
}

bool Has(sys::CapabilitySet set, int capability) {
  return (set >> capability & 1) != 0;
}

// A map of the kernel's own is what the process itself shows: what stands for
// /proc could be any other file system.
absl::StatusOr<sys::Fd> OpenProcess(absl::string_view process) {
  const std::string path = absl::StrCat("/proc/", process);
  CLEAT_ASSIGN_OR_RETURN(sys::Fd fd, sys::Open(path, O_PATH | O_DIRECTORY));
  struct statfs info;
  if (fstatfs(fd.get(), &info) != 0) return sys::ErrnoError("statfs ", path);
  if (info.f_type == PROC_SUPER_MAGIC) return fd;
  return absl::FailedPreconditionError(
      "/proc is not the kernel's (mount -t proc proc /proc)");
}

// The way out of an EPERM, which the kernel has for several things.
std::string Cure(int process, IdKind kind, const IdMap& map) {
  const absl::StatusOr<std::string> present =
      sys::ReadFileAt(process, NamesOf(kind).map_file);
  if (present.ok() && !present->empty()) {
    return " (the namespace has its map already: it is written once)";
  }
  const bool has_root =
      std::any_of(map.begin(), map.end(),
                  [](const IdRange& range) { return range.outside == 0; });
  if (has_root && !Has(sys::EffectiveCapabilities(), CAP_SETFCAP)) {
    return " (mapping the parent's id 0 needs CAP_SETFCAP)";
  }
  const absl::StatusOr<std::string> restricted =
      sys::ReadFile("/proc/sys/kernel/apparmor_restrict_unprivileged_userns");
  if (restricted.ok() && absl::StartsWith(*restricted, "1")) {
    return " (sysctl kernel.apparmor_restrict_unprivileged_userns=0, or an "
           "AppArmor profile that allows userns)";
  }
  return "";
}

absl::Status WriteMap(int process, IdKind kind, const IdMap& map) {
  const char* file = NamesOf(kind).map_file;
  const std::string text = FormatIdMap(map);
  trace::Span span("write", file);
  const absl::Status status = sys::WriteExistingAt(process, file, text);
  if (status.ok()) return status;
  span.Fail(errno);
  return absl::Status(status.code(),
                      absl::StrCat(status.message(), Cure(process, kind, map)));
}

absl::Status WriteSetGroups(int process, SetGroups setgroups) {
  if (setgroups == SetGroups::kUnchanged) return absl::OkStatus();
  const trace::Span span("write", "setgroups");
  return sys::WriteExistingAt(process, "setgroups",
                              setgroups == SetGroups::kDeny ? "deny" : "allow");
}

absl::Status CheckKind(IdKind kind, const IdMap& map) {
  if (map.empty()) return absl::OkStatus();
  CLEAT_ASSIGN_OR_RETURN(const IdMap parent,
                         procfs::ReadIdMap(NamesOf(kind).map_file));
  return CheckIdMap(kind, map, parent);
}

// What setgroups must be for a group map that the caller writes by the right
// that everybody has over his own group.
absl::StatusOr<SetGroups> OwnGroupSetGroups(const IdMaps& maps) {
  if (maps.setgroups != SetGroups::kAllow) return SetGroups::kDeny;
  return absl::InvalidArgumentError(
      "group id map: setgroups can only be allowed with CAP_SETGID or with a "
      "map that newgidmap writes");
}

// Writes a map of process `pid`, whose directory is `process`.
absl::Status WriteOrHelp(pid_t pid, int process, IdKind kind, const IdMap& map,
                         bool directly) {
  if (map.empty()) return absl::OkStatus();
  if (directly) return WriteMap(process, kind, map);
  return RunMapHelper(kind, pid, map);
}

}  // namespace

absl::Status CheckIdMaps(const IdMaps& maps) {
  CLEAT_RETURN_IF_ERROR(CheckKind(IdKind::kUser, maps.users));
  return CheckKind(IdKind::kGroup, maps.groups);
}

absl::Status WriteIdMaps(pid_t pid, const IdMaps& maps) {
  CLEAT_RETURN_IF_ERROR(CheckIdMaps(maps));
  CLEAT_ASSIGN_OR_RETURN(const sys::Fd process, OpenProcess(absl::StrCat(pid)));
  const sys::CapabilitySet rights = sys::EffectiveCapabilities();
  CLEAT_RETURN_IF_ERROR(
      WriteOrHelp(pid, process.get(), IdKind::kUser, maps.users,
                  Has(rights, CAP_SETUID) || IsId(maps.users, geteuid())));
  const bool own_group =
      !Has(rights, CAP_SETGID) && IsId(maps.groups, getegid());
  SetGroups setgroups = maps.setgroups;
  if (own_group) {
    CLEAT_ASSIGN_OR_RETURN(setgroups, OwnGroupSetGroups(maps));
  }
  CLEAT_RETURN_IF_ERROR(WriteSetGroups(process.get(), setgroups));
  return WriteOrHelp(pid, process.get(), IdKind::kGroup, maps.groups,
                     Has(rights, CAP_SETGID) || own_group);
}

bool AreOwnIds(const IdMaps& maps) {
  return (maps.users.empty() || IsId(maps.users, geteuid())) &&
         (maps.groups.empty() ||
          (IsId(maps.groups, getegid()) && maps.setgroups == SetGroups::kDeny));
}

absl::Status WriteOwnIdMaps(const IdMaps& maps) {
  if (maps.users.empty() && maps.groups.empty() &&
      maps.setgroups == SetGroups::kUnchanged) {
    return absl::OkStatus();
  }
  CLEAT_ASSIGN_OR_RETURN(const sys::Fd self, OpenProcess("self"));
  if (!maps.users.empty()) {
    CLEAT_RETURN_IF_ERROR(WriteMap(self.get(), IdKind::kUser, maps.users));
  }
  CLEAT_RETURN_IF_ERROR(WriteSetGroups(self.get(), maps.setgroups));
  if (maps.groups.empty()) return absl::OkStatus();
  return WriteMap(self.get(), IdKind::kGroup, maps.groups);
}

}  // namespace cleat::ns
