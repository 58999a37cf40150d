#include "lib/sys/nsfs.h"

#include <errno.h>
#include <linux/nsfs.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "lib/sys/errno.h"

// Of Linux 6.18's linux/nsfs.h.
#ifndef NS_GET_ID
#define NS_GET_ID _IOR(NSIO, 13, uint64_t)
#endif

namespace cleat::sys {
namespace {

absl::StatusOr<Fd> Related(int fd, unsigned long request, const char* what) {
  const int found = ioctl(fd, request);
  if (found < 0) return ErrnoError("find the ", what, " of a namespace");
  return Fd(found);
}

}  // namespace

absl::StatusOr<int> NamespaceType(int fd) {
  const int type = ioctl(fd, NS_GET_NSTYPE);
  if (type >= 0) return type;
  return absl::InvalidArgumentError("no namespace");
}

absl::StatusOr<uint64_t> NamespaceInode(int fd) {
  struct stat info;
  if (fstat(fd, &info) != 0) return ErrnoError("stat a namespace");
  return info.st_ino;
}

absl::StatusOr<uint64_t> NamespaceId(int fd) {
  uint64_t id;
  if (ioctl(fd, NS_GET_ID, &id) == 0) return id;
  if (errno == ENOTTY || errno == EINVAL) {
    return absl::UnimplementedError(
        "find a namespace's id: Linux 6.18 can, this kernel cannot");
  }
  return ErrnoError("find a namespace's id");
}

absl::StatusOr<Fd> NamespaceOwner(int fd) {
  return Related(fd, NS_GET_USERNS, "owner");
}

absl::StatusOr<Fd> NamespaceParent(int fd) {
  return Related(fd, NS_GET_PARENT, "parent");
}

absl::StatusOr<uid_t> NamespaceOwnerUid(int fd) {
  uid_t uid;
  if (ioctl(fd, NS_GET_OWNER_UID, &uid) == 0) return uid;
  return ErrnoError("find the owner of a user namespace");
}

absl::StatusOr<Fd> NamespaceOfSocket(int socket) {
  const int found = ioctl(socket, SIOCGSKNS);
  if (found < 0) return ErrnoError("find the net namespace of a socket");
  return Fd(found);
}

}  // namespace cleat::sys
