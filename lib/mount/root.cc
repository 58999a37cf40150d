#include "lib/mount/root.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/mount/idmapped.h"
#include "lib/mount/overlay.h"
#include "lib/procfs/id_map.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"
#include "lib/sys/mount.h"
#include "lib/sys/privilege.h"

namespace cleat::mount {
namespace {

// Only root of the machine may do anything by idmapped mounts; in a user
// namespace the files are its own anyway.
bool MapsIds(const ns::IdMaps& ids) {
  return !ids.users.empty() && sys::InFirstUserNamespace();
}

struct Owner {
  uid_t uid;
  gid_t gid;
};

absl::StatusOr<Owner> OwnerInside(const std::string& path,
                                  const ns::IdMaps& ids) {
  struct stat info;
  if (stat(path.c_str(), &info) != 0) return sys::ErrnoError("stat ", path);
  if (!MapsIds(ids)) return Owner{info.st_uid, info.st_gid};
  const auto uid = procfs::MapOut(ids.users, info.st_uid);
  const auto gid = procfs::MapOut(ids.groups, info.st_gid);
  if (uid.has_value() && gid.has_value()) return Owner{*uid, *gid};
  return absl::FailedPreconditionError(
      absl::StrCat("map the owner of ", path, ": the id map has no ids for ",
                   info.st_uid, ":", info.st_gid));
}

absl::Status CopyAttributes(const std::string& from, const Owner& owner,
                            const std::string& to) {
  struct stat info;
  if (stat(from.c_str(), &info) != 0) return sys::ErrnoError("stat ", from);
  const struct timespec times[2] = {info.st_atim, info.st_mtim};
  if (chown(to.c_str(), owner.uid, owner.gid) != 0 ||
      chmod(to.c_str(), info.st_mode & 07777) != 0 ||
      utimensat(AT_FDCWD, to.c_str(), times, 0) != 0) {
    return sys::ErrnoError("set attributes of ", to);
  }
  return absl::OkStatus();
}

// What is mounted below the directory is seen in it, and read-only with it.
absl::StatusOr<sys::Fd> BindDirectory(const proto::RootfsSpec& spec,
                                      int id_map) {
  CLEAT_ASSIGN_OR_RETURN(sys::Fd mount,
                         sys::CloneMount(AT_FDCWD, spec.directory(), true));
  if (id_map >= 0) {
    CLEAT_RETURN_IF_ERROR(SetIdMap(mount.get(), id_map, false));
  }
  if (spec.read_only()) {
    CLEAT_RETURN_IF_ERROR(
        sys::SetMountAttributes(mount.get(), MOUNT_ATTR_RDONLY, 0, true));
  }
  return mount;
}

}  // namespace

absl::StatusOr<std::string> CheckedDirectory(const std::string& path) {
  char* const real = realpath(path.c_str(), nullptr);
  if (real == nullptr) return sys::ErrnoError("find directory ", path);
  const std::string checked = real;
  free(real);
  CLEAT_RETURN_IF_ERROR(
      sys::Open(checked, O_PATH | O_DIRECTORY | O_NOFOLLOW).status());
  return checked;
}

bool NeedsUpper(const proto::Rootfs& rootfs) {
  return !rootfs.spec().read_only() && !rootfs.spec().has_tmpfs_bytes() &&
         !rootfs.spec().has_directory() && !rootfs.state().has_upper() &&
         !rootfs.state().has_mounted_at();
}

std::string UpperParent(const proto::Rootfs& rootfs, const std::string& id) {
  return absl::StrCat(rootfs.spec().store(), "/overlay2/", id);
}

absl::Status MakeUpper(const std::string& parent, const proto::RootfsSpec& spec,
                       const ns::IdMaps& ids, proto::RootfsState* state) {
  const std::string upper = absl::StrCat(parent, "/diff");
  const std::string work = absl::StrCat(parent, "/work");
  // Docker's modes: nobody but root looks into what a container writes.
  CLEAT_RETURN_IF_ERROR(sys::MakeDirectories(parent, 0710));
  CLEAT_RETURN_IF_ERROR(sys::MakeDirectories(upper));
  CLEAT_RETURN_IF_ERROR(sys::MakeDirectories(work, 0700));
  if (spec.lower_size() > 0) {
    CLEAT_ASSIGN_OR_RETURN(const Owner owner, OwnerInside(spec.lower(0), ids));
    CLEAT_RETURN_IF_ERROR(CopyAttributes(spec.lower(0), owner, upper));
  }
  state->set_upper(upper);
  state->set_work(work);
  return absl::OkStatus();
}

absl::StatusOr<sys::Fd> MountRootInMemory(proto::Rootfs rootfs,
                                          const ns::IdMaps& ids) {
  proto::RootfsSpec& spec = *rootfs.mutable_spec();
  if (spec.has_directory()) {
    spec.clear_lower();
    spec.add_lower(spec.directory());
    spec.clear_directory();
  }
  rootfs.clear_state();
  spec.set_tmpfs_bytes(0);
  return MountRoot(rootfs, ids);
}

absl::StatusOr<sys::Fd> MountRoot(const proto::Rootfs& rootfs,
                                  const ns::IdMaps& ids) {
  if (rootfs.state().has_mounted_at()) {
    return sys::CloneMount(AT_FDCWD, rootfs.state().mounted_at(), true);
  }
  sys::Fd id_map;
  if (MapsIds(ids)) {
    CLEAT_ASSIGN_OR_RETURN(id_map, MakeIdMapNamespace(ids.users, ids.groups));
  }
  if (rootfs.spec().has_directory()) {
    return BindDirectory(rootfs.spec(), id_map.get());
  }
  Overlay overlay;
  overlay.id_map = id_map.get();
  overlay.lower.assign(rootfs.spec().lower().begin(),
                       rootfs.spec().lower().end());
  overlay.upper = rootfs.state().upper();
  overlay.work = rootfs.state().work();
  overlay.volatile_upper = rootfs.spec().volatile_();
  // Nobody else may read the other ones.
  overlay.user_xattrs = !sys::InFirstUserNamespace();
  if (rootfs.spec().has_tmpfs_bytes() && overlay.upper.empty()) {
    CLEAT_ASSIGN_OR_RETURN(const Owner owner,
                           OwnerInside(overlay.lower[0], ids));
    return MountOverlayOnTmpfs(std::move(overlay), {rootfs.spec().tmpfs_bytes(),
                                                    owner.uid, owner.gid});
  }
  return MountOverlay(overlay);
}

}  // namespace cleat::mount
