#include "lib/store/guard.h"

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/store/file_lock.h"
#include "lib/sys/file.h"

namespace cleat::store {
namespace {

struct ForeignLayout {
  // What is there of it, below the root.
  const char* sign;
  const char* what;
  const char* cure;
};

constexpr char kContainerdDocker[] =
    "its dockerd keeps images in containerd, not in a graph driver's store";
constexpr char kSave[] = "`docker save` them and image-load what it writes";

constexpr ForeignLayout kForeignLayouts[] = {
    {"rootfs/overlayfs", kContainerdDocker, kSave},
    {"containerd/daemon/io.containerd.metadata.v1.bolt/meta.db",
     kContainerdDocker, kSave},
    {"io.containerd.metadata.v1.bolt", "it is containerd's own",
     "`ctr image export` them and image-load what it writes"},
    {"overlay-images", "it is podman's (containers/storage)",
     "`podman save` them and image-load what it writes"},
    {"vfs-images", "it is podman's (containers/storage)",
     "`podman save` them and image-load what it writes"},
};

}  // namespace

absl::StatusOr<sys::Fd> GuardWriting(const std::string& root) {
  const std::string path = absl::StrCat(root, "/volumes/metadata.db");
  if (!sys::Exists(path)) return sys::Fd();
  absl::StatusOr<sys::Fd> lock = TryLockFile(path, LockMode::kShared);
  if (!absl::IsUnavailable(lock.status())) return lock;
  return absl::FailedPreconditionError(absl::StrCat(
      "change store ", root, ": a dockerd runs on it (it holds ", path,
      ") and would undo the change: stop it, or use docker itself"));
}

absl::Status CheckLayout(const std::string& root) {
  // What is empty but made by a graph driver is no foreign layout.
  for (const char* driver : {"overlay2", "vfs"}) {
    if (sys::Exists(absl::StrCat(root, "/image/", driver, "/imagedb"))) {
      return absl::OkStatus();
    }
  }
  for (const ForeignLayout& layout : kForeignLayouts) {
    if (!sys::Exists(absl::StrCat(root, "/", layout.sign))) continue;
    return absl::FailedPreconditionError(absl::StrCat(
        "read store ", root, ": ", layout.what, ": ", layout.cure));
  }
  return absl::OkStatus();
}

}  // namespace cleat::store
