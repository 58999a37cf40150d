#ifndef CLEAT_LIB_SYS_NSFS_H_
#define CLEAT_LIB_SYS_NSFS_H_

#include <sys/types.h>

#include <cstdint>

#include "absl/status/statusor.h"
#include "lib/sys/fd.h"

// Namespaces as open files of nsfs (ioctl_nsfs(2); linux/nsfs.h): those of
// /proc/PID/ns, and bind mounts of them. A kernel has no other names for them.

namespace cleat::sys {

// The kind, a CLONE_NEW* flag. kInvalidArgument when the file is no namespace.
absl::StatusOr<int> NamespaceType(int fd);

// The inode number, as in "net:[4026531992]": it names a namespace while that
// exists, and another one afterwards.
absl::StatusOr<uint64_t> NamespaceInode(int fd);

// The id, which no other namespace has until the next boot. kUnimplemented
// before Linux 6.18.
absl::StatusOr<uint64_t> NamespaceId(int fd);

// The user namespace that owns it, and the one that a pid or user namespace is
// a child of. kPermissionDenied when it lies outside what this process may
// see: the caller's own user or pid namespace is the root of that.
absl::StatusOr<Fd> NamespaceOwner(int fd);
absl::StatusOr<Fd> NamespaceParent(int fd);

// The user who made a user namespace.
absl::StatusOr<uid_t> NamespaceOwnerUid(int fd);

// The net namespace of a socket.
absl::StatusOr<Fd> NamespaceOfSocket(int socket);

}  // namespace cleat::sys

#endif  // CLEAT_LIB_SYS_NSFS_H_
