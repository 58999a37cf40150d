#ifndef CLEAT_LIB_MOUNT_IDMAPPED_H_
#define CLEAT_LIB_MOUNT_IDMAPPED_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/ns/id_map.h"
#include "lib/sys/fd.h"

// Idmapped mounts: files show other owners than they have on disk, through one
// mount only. mount_setattr(2), "ID-mapped mounts"; Linux 5.12, and a file
// system that takes part: ext4, xfs, btrfs and FAT soon did, overlayfs's layers
// with 5.19, tmpfs with 6.3, never NFS.

namespace cleat::mount {

// A user namespace in which nothing runs, that holds a map: `inside` are the
// ids on disk, `outside` those that the caller sees. Errors as of
// ns::WriteIdMaps.
absl::StatusOr<sys::Fd> MakeIdMapNamespace(const ns::IdMap& users,
                                           const ns::IdMap& groups);

// Lets a detached mount, with those below it when `recursive`, show owners as
// `user_namespace` maps them. The caller must have CAP_SYS_ADMIN over the file
// system. kFailedPrecondition says which of the conditions is not met.
absl::Status SetIdMap(int mount, int user_namespace, bool recursive);

}  // namespace cleat::mount

#endif  // CLEAT_LIB_MOUNT_IDMAPPED_H_
