#ifndef CLEAT_LIB_MOUNT_OVERLAY_H_
#define CLEAT_LIB_MOUNT_OVERLAY_H_

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/sys/fd.h"

namespace cleat::mount {

// A root made of layers (Documentation/filesystems/overlayfs.rst).
struct Overlay {
  // Directories, top first; at least one, at most 500.
  std::vector<std::string> lower;
  // The writable directory and overlayfs's own one beside it, on the same
  // file system; both empty for a root that cannot be written.
  std::string upper;
  std::string work;
  // Whiteouts and opaque directories are told by `user.overlay.…` attributes
  // (Linux 5.11), as a user namespace has them, instead of `trusted.` ones.
  bool user_xattrs = false;
  // A user namespace through whose map the layers show their owners
  // (lib/mount/idmapped.h); -1: as they are. Not owned.
  int id_map = -1;
  // Skip syncing the upper directory: a crash may damage it.
  bool volatile_upper = false;
};

// Mounts it nowhere: the descriptor is the root, for openat2(2) and for
// sys::AttachMount, and what is left of the mount when it is closed is
// nothing. A single layer without upper directory is bound read-only instead
// of overlaid. Paths may contain any byte but NUL. Errors: kInvalidArgument
// for no or too many layers, kNotFound and others of the kernel's, with its own
// words and, where the upper directory's file system cannot carry an overlay,
// what would.
absl::StatusOr<sys::Fd> MountOverlay(const Overlay& overlay);

struct Tmpfs {
  // Most it may hold; absent (0): half of the machine's memory.
  int64_t size_bytes = 0;
  // Whose "upper" is.
  uid_t uid = 0;
  gid_t gid = 0;
};

// Mounts a memory file system nowhere and makes the directories "upper" and
// "work" in it: the upper directory of an overlay that is thrown away.
absl::StatusOr<sys::Fd> MountTmpfs(const Tmpfs& tmpfs);

// As MountOverlay, with an upper directory in memory; `upper` and `work` of
// `overlay` must be empty.
absl::StatusOr<sys::Fd> MountOverlayOnTmpfs(Overlay overlay,
                                            const Tmpfs& tmpfs);

}  // namespace cleat::mount

#endif  // CLEAT_LIB_MOUNT_OVERLAY_H_
