#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/hostcheck/probes.h"
#include "lib/hostcheck/trial.h"
#include "lib/journal/state_root.h"
#include "lib/mount/idmapped.h"
#include "lib/mount/overlay.h"
#include "lib/ns/rootless.h"
#include "lib/store/own_form.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"
#include "lib/sys/mount.h"
#include "lib/sys/privilege.h"

namespace cleat::hostcheck {
namespace {

// Where files like the store's can be tried: the store itself, or the nearest
// directory above it that there is.
std::string NearestDirectory(std::string path) {
  while (path.size() > 1 && access(path.c_str(), W_OK) != 0) {
    path.resize(path.find_last_of('/'));
  }
  return path.empty() ? "/" : path;
}

absl::Status TryOverlay(const std::string& directory) {
  mount::Overlay overlay;
  overlay.lower = {directory + "/a", directory + "/b"};
  overlay.upper = directory + "/upper";
  overlay.work = directory + "/work";
  overlay.user_xattrs = !sys::InFirstUserNamespace();
  for (const std::string& path :
       {overlay.lower[0], overlay.lower[1], overlay.upper, overlay.work}) {
    CLEAT_RETURN_IF_ERROR(sys::MakeDirectories(path));
  }
  CLEAT_RETURN_IF_ERROR(sys::MakeDirectories(overlay.lower[0] + "/gone"));
  CLEAT_ASSIGN_OR_RETURN(const sys::Fd root, mount::MountOverlay(overlay));
  // What the layer below has and this one does not: a whiteout.
  if (unlinkat(root.get(), "gone", AT_REMOVEDIR) != 0) {
    return sys::ErrnoError("remove a directory of a layer");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> MakeTemporary(const Host& host) {
  std::string path =
      absl::StrCat(NearestDirectory(host.store), "/.cleat-check.XXXXXX");
  if (mkdtemp(&path[0]) != nullptr) return path;
  return sys::ErrnoError("make directory ", path);
}

absl::Status TryFileSystem(const char* type) {
  CLEAT_ASSIGN_OR_RETURN(const sys::Fd context, sys::OpenFileSystem(type));
  return sys::CreateMount(context.get(), MOUNT_ATTR_NOSUID).status();
}

absl::Status TryIdMapped(const std::string& directory) {
  CLEAT_ASSIGN_OR_RETURN(
      const sys::Fd map,
      mount::MakeIdMapNamespace({{0, 1000, 1}}, {{0, 1000, 1}}));
  CLEAT_ASSIGN_OR_RETURN(const sys::Fd tree,
                         sys::CloneMount(AT_FDCWD, directory, false));
  return mount::SetIdMap(tree.get(), map.get(), false);
}

// Calls `trial` with a directory of its own and removes that.
template <typename Trial>
absl::Status WithTemporary(const Host& host, const Trial& trial) {
  CLEAT_ASSIGN_OR_RETURN(const std::string directory, MakeTemporary(host));
  absl::Status status = InNamespaces(
      CLONE_NEWNS, [&]() -> absl::Status { return trial(directory); });
  status.Update(ns::RemoveTree(directory));
  return status;
}

}  // namespace

Finding ProbeState(const Host&) {
  const auto root = journal::StateRoot();
  return FindingOf(root.status(), "another one by XDG_RUNTIME_DIR",
                   root.value_or(""));
}

Finding ProbeStore(const Host& host) {
  const auto form = store::OwnForm(host.store);
  const std::string place = NearestDirectory(host.store);
  if (!form.ok()) return FindingOf(form.status());
  if (access(place.c_str(), W_OK) != 0) {
    return Fails(absl::StrCat(host.store, " cannot be written"),
                 "another one by --store or CLEAT_STORE");
  }
  return Works(absl::StrCat(
      host.store, form->squashed() ? ", all files with one owner" : ""));
}

Finding ProbeProc(const Host&) {
  return FindingOf(
      InNamespaces(CLONE_NEWNS | CLONE_NEWPID,
                   [] { return TryFileSystem("proc"); }),
      "a /proc around this of which nothing is covered (--security-opt "
      "systempaths=unconfined)");
}

Finding ProbeSysfs(const Host&) {
  return FindingOf(InNamespaces(CLONE_NEWNS | CLONE_NEWNET,
                                [] { return TryFileSystem("sysfs"); }),
                   "none needed: the present /sys is bound read-only instead");
}

Finding ProbeOverlay(const Host& host) {
  return FindingOf(WithTemporary(host, TryOverlay),
                   "Linux 5.11 for user namespaces, and a store on ext4, xfs, "
                   "btrfs or tmpfs");
}

Finding ProbeIdMapped(const Host& host) {
  return FindingOf(WithTemporary(host, TryIdMapped),
                   "root, Linux 5.12, and a file system that takes part");
}

// Root makes them, others show those of the machine.
Finding ProbeDevices(const Host&) {
  struct stat info;
  if (stat("/dev/null", &info) != 0 || !S_ISCHR(info.st_mode) ||
      info.st_rdev != makedev(1, 3)) {
    return Fails("/dev/null is not the null device", "mount a proper /dev");
  }
  return Works(ns::RightsHere() == ns::Rights::kRoot
                   ? "made new"
                   : "those of the host are bound");
}

Finding ProbeFuse(const Host&) {
  return FindingOf(sys::Open("/dev/fuse", O_RDWR).status(),
                   "modprobe fuse; --device=/dev/fuse around this");
}

}  // namespace cleat::hostcheck
