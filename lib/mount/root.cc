#include "lib/mount/root.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/mount/overlay.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"
#include "lib/sys/mount.h"
#include "lib/sys/privilege.h"

namespace cleat::mount {
namespace {

absl::Status CopyAttributes(const std::string& from, const std::string& to) {
  struct stat info;
  if (stat(from.c_str(), &info) != 0) return sys::ErrnoError("stat ", from);
  const struct timespec times[2] = {info.st_atim, info.st_mtim};
  if (chown(to.c_str(), info.st_uid, info.st_gid) != 0 ||
      chmod(to.c_str(), info.st_mode & 07777) != 0 ||
      utimensat(AT_FDCWD, to.c_str(), times, 0) != 0) {
    return sys::ErrnoError("set attributes of ", to);
  }
  return absl::OkStatus();
}

// What is mounted below the directory is seen in it, and read-only with it.
absl::StatusOr<sys::Fd> BindDirectory(const proto::RootfsSpec& spec) {
  CLEAT_ASSIGN_OR_RETURN(sys::Fd mount,
                         sys::CloneMount(AT_FDCWD, spec.directory(), true));
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
                       proto::RootfsState* state) {
  const std::string upper = absl::StrCat(parent, "/diff");
  const std::string work = absl::StrCat(parent, "/work");
  // Docker's modes: nobody but root looks into what a container writes.
  CLEAT_RETURN_IF_ERROR(sys::MakeDirectories(parent, 0710));
  CLEAT_RETURN_IF_ERROR(sys::MakeDirectories(upper));
  CLEAT_RETURN_IF_ERROR(sys::MakeDirectories(work, 0700));
  if (spec.lower_size() > 0) {
    CLEAT_RETURN_IF_ERROR(CopyAttributes(spec.lower(0), upper));
  }
  state->set_upper(upper);
  state->set_work(work);
  return absl::OkStatus();
}

absl::StatusOr<sys::Fd> MountRootInMemory(proto::Rootfs rootfs) {
  proto::RootfsSpec& spec = *rootfs.mutable_spec();
  if (spec.has_directory()) {
    spec.clear_lower();
    spec.add_lower(spec.directory());
    spec.clear_directory();
  }
  rootfs.clear_state();
  spec.set_tmpfs_bytes(0);
  return MountRoot(rootfs);
}

absl::StatusOr<sys::Fd> MountRoot(const proto::Rootfs& rootfs) {
  if (rootfs.state().has_mounted_at()) {
    return sys::CloneMount(AT_FDCWD, rootfs.state().mounted_at(), true);
  }
  if (rootfs.spec().has_directory()) return BindDirectory(rootfs.spec());
  Overlay overlay;
  overlay.lower.assign(rootfs.spec().lower().begin(),
                       rootfs.spec().lower().end());
  overlay.upper = rootfs.state().upper();
  overlay.work = rootfs.state().work();
  overlay.volatile_upper = rootfs.spec().volatile_();
  // Nobody else may read the other ones.
  overlay.user_xattrs = !sys::InFirstUserNamespace();
  if (rootfs.spec().has_tmpfs_bytes() && overlay.upper.empty()) {
    return MountOverlayOnTmpfs(std::move(overlay),
                               {rootfs.spec().tmpfs_bytes()});
  }
  return MountOverlay(overlay);
}

}  // namespace cleat::mount
