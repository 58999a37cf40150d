#include "lib/runtime/user_mounts.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/mount/user_mount.h"
#include "lib/procfs/mountinfo.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"

namespace cleat::runtime {
namespace {

using mount::UserMount;
using ReadOnly = UserMount::ReadOnly;

// The mount that `path` lies on, as mountinfo shows it.
absl::StatusOr<procfs::Mount> MountOf(const std::string& path) {
  struct statx info;
  if (statx(AT_FDCWD, path.c_str(), 0, STATX_MNT_ID, &info) != 0) {
    return sys::ErrnoError("stat ", path);
  }
  CLEAT_ASSIGN_OR_RETURN(const std::vector<procfs::Mount> mounts,
                         procfs::ReadMountinfo());
  for (const procfs::Mount& mount : mounts) {
    if (static_cast<uint64_t>(mount.id) == info.stx_mnt_id) return mount;
  }
  return absl::NotFoundError(
      absl::StrCat("find the mount of ", path, ": it is in no mountinfo"));
}

bool IsShared(const procfs::Mount& mount, bool slave_suffices) {
  return std::any_of(
      mount.propagation.begin(), mount.propagation.end(),
      [&](const std::string& field) {
        return absl::StartsWith(field, "shared:") ||
               (slave_suffices && absl::StartsWith(field, "master:"));
      });
}

// What is not shared on the host has nothing to receive from or to send to.
absl::Status CheckPropagation(const UserMount& asked) {
  if (asked.propagation.empty() ||
      absl::StrContains(asked.propagation, "private")) {
    return absl::OkStatus();
  }
  CLEAT_ASSIGN_OR_RETURN(const procfs::Mount mount, MountOf(asked.source));
  const bool slave = absl::StrContains(asked.propagation, "slave");
  if (IsShared(mount, slave)) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "propagation ", asked.propagation, ": ", asked.source,
      " lies on the mount ", mount.target,
      ", which is not shared (mount --make-shared ", mount.target, ")"));
}

absl::Status CheckSource(UserMount* asked) {
  if (!absl::StartsWith(asked->source, "/")) {
    std::string here(PATH_MAX, '\0');
    if (getcwd(&here[0], here.size()) == nullptr) {
      return sys::ErrnoError("find the working directory");
    }
    asked->source = absl::StrCat(here.c_str(), "/", asked->source);
  }
  if (asked->make_source && !sys::Exists(asked->source)) {
    CLEAT_RETURN_IF_ERROR(sys::MakeDirectories(asked->source));
  }
  struct stat info;
  if (stat(asked->source.c_str(), &info) != 0) {
    return sys::ErrnoError("source ", asked->source);
  }
  return CheckPropagation(*asked);
}

// Without it (before Linux 5.12), only a mount alone can be set read-only.
bool HasMountSetattr() {
  return mount_setattr(-1, "", 0, nullptr, 0) == 0 || errno != ENOSYS;
}

void AddReadOnly(const UserMount& asked, proto::oci::Mount* mount) {
  if (asked.read_only == ReadOnly::kNo) return;
  const bool all = asked.read_only == ReadOnly::kRecursive ||
                   (asked.read_only == ReadOnly::kWherePossible &&
                    asked.type == UserMount::Type::kBind && asked.recursive &&
                    HasMountSetattr());
  mount->add_options(all ? "rro" : "ro");
}

void AddRanges(const std::vector<procfs::IdRange>& from,
               google::protobuf::RepeatedPtrField<proto::oci::IdMapping>* to) {
  for (const procfs::IdRange& range : from) {
    proto::oci::IdMapping* const mapping = to->Add();
    mapping->set_container_id(range.inside);
    mapping->set_host_id(range.outside);
    mapping->set_size(range.count);
  }
}

void AddIdmap(const UserMount& asked, proto::oci::Mount* mount) {
  if (!asked.idmap) return;
  mount->add_options(asked.recursive ? "ridmap" : "idmap");
  AddRanges(asked.uids, mount->mutable_uid_mappings());
  AddRanges(asked.gids.empty() ? asked.uids : asked.gids,
            mount->mutable_gid_mappings());
}

proto::oci::Mount ToOci(const UserMount& asked) {
  proto::oci::Mount mount;
  const bool bind = asked.type == UserMount::Type::kBind;
  mount.set_destination(asked.target);
  mount.set_type(bind ? "bind" : "tmpfs");
  mount.set_source(bind ? asked.source : "tmpfs");
  if (bind) mount.add_options(asked.recursive ? "rbind" : "bind");
  mount.add_options(asked.propagation.empty() ? "rprivate" : asked.propagation);
  for (const std::string& option : asked.options) mount.add_options(option);
  AddReadOnly(asked, &mount);
  AddIdmap(asked, &mount);
  return mount;
}

bool IsAtOrBelow(const std::string& path, const std::string& directory) {
  return path == directory ||
         absl::StartsWith(path, absl::StrCat(directory, "/"));
}

void RemoveMounts(const std::string& target, proto::oci::Spec* spec) {
  auto& mounts = *spec->mutable_mounts();
  mounts.erase(std::remove_if(mounts.begin(), mounts.end(),
                              [&](const proto::oci::Mount& mount) {
                                return IsAtOrBelow(mount.destination(), target);
                              }),
               mounts.end());
}

absl::StatusOr<proto::oci::Mount> Translate(const std::string& entry) {
  CLEAT_ASSIGN_OR_RETURN(UserMount asked, mount::ParseUserMount(entry));
  if (asked.type == UserMount::Type::kTmpfs) return ToOci(asked);
  const std::string flag = absl::StrCat("--", entry);
  if (asked.type == UserMount::Type::kVolume) {
    return absl::UnimplementedError(
        absl::StrCat(flag,
                     ": volumes are not supported yet; bind a directory "
                     "by its path"));
  }
  const absl::Status status = CheckSource(&asked);
  if (status.ok()) return ToOci(asked);
  return absl::Status(status.code(),
                      absl::StrCat(flag, ": ", status.message()));
}

void SetShmSize(int64_t bytes, proto::oci::Spec* spec) {
  for (proto::oci::Mount& mount : *spec->mutable_mounts()) {
    if (mount.destination() != "/dev/shm") continue;
    for (std::string& option : *mount.mutable_options()) {
      if (absl::StartsWith(option, "size=")) {
        option = absl::StrCat("size=", bytes);
      }
    }
  }
}

}  // namespace

absl::Status AddUserMounts(const proto::MountsSpec& mounts,
                           proto::oci::Spec* spec) {
  if (mounts.has_shm_size_bytes()) SetShmSize(mounts.shm_size_bytes(), spec);
  std::vector<proto::oci::Mount> added;
  std::set<std::string> targets;
  for (const std::string& entry : mounts.mounts()) {
    CLEAT_ASSIGN_OR_RETURN(proto::oci::Mount mount, Translate(entry));
    if (!targets.insert(mount.destination()).second) {
      return absl::InvalidArgumentError(absl::StrCat(
          "--", entry, ": target ", mount.destination(), " is given twice"));
    }
    added.push_back(std::move(mount));
  }
  for (const std::string& target : targets) RemoveMounts(target, spec);
  for (proto::oci::Mount& mount : added) *spec->add_mounts() = std::move(mount);
  return absl::OkStatus();
}

}  // namespace cleat::runtime
