#ifndef CLEAT_LIB_MOUNT_ROOT_H_
#define CLEAT_LIB_MOUNT_ROOT_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/ns/write_id_maps.h"
#include "lib/sys/fd.h"
#include "proto/rootfs.pb.h"

// A container's root as the document's section `rootfs` describes it.

namespace cleat::mount {

// The path of a directory for other processes to find: absolute, no links.
// Errors name the path as given.
absl::StatusOr<std::string> CheckedDirectory(const std::string& path);

// Whether it takes a directory for what the container writes: not when it is
// read-only or in memory, or has one already.
bool NeedsUpper(const proto::Rootfs& rootfs);

// The directory that an instance's own ones lie in, as Docker names it:
// <store>/overlay2/<id>. To be recorded before MakeUpper makes it.
std::string UpperParent(const proto::Rootfs& rootfs, const std::string& id);

// Makes the upper directory `diff` and overlayfs's `work` in `parent` and
// enters them into `state`. The upper one has mode, owner and time of the top
// layer's directory: they are those of the container's "/".
//
// Here and below, `ids` are the maps of the container's user namespace, without
// maps the caller's: what is id 0 on disk is then root in the container, by
// idmapped mounts of the layers (Linux 5.19) and owners of the upper directory
// that are mapped on disk.
absl::Status MakeUpper(const std::string& parent, const proto::RootfsSpec& spec,
                       const ns::IdMaps& ids, proto::RootfsState* state);

// Mounts the root nowhere (lib/mount/overlay.h). What is mounted on the host
// already is bound with all below it.
absl::StatusOr<sys::Fd> MountRoot(const proto::Rootfs& rootfs,
                                  const ns::IdMaps& ids = {});

// The same with an upper directory in memory, whatever is described: for a root
// that shall not be written to and in which mount points have to be made. What
// is mounted below a directory is not seen then.
absl::StatusOr<sys::Fd> MountRootInMemory(proto::Rootfs rootfs,
                                          const ns::IdMaps& ids = {});

}  // namespace cleat::mount

#endif  // CLEAT_LIB_MOUNT_ROOT_H_
