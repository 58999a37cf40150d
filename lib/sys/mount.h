#ifndef CLEAT_LIB_SYS_MOUNT_H_
#define CLEAT_LIB_SYS_MOUNT_H_

#include <fcntl.h>

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/sys/fd.h"

// The mount API on descriptors (fsopen(2), fsconfig(2), fsmount(2),
// open_tree(2), move_mount(2), mount_setattr(2)). Errors say what the file
// system itself said of the matter, where it did.

namespace cleat::sys {

// A new file system context; kNotFound (ENODEV) for an unknown type.
absl::StatusOr<Fd> OpenFileSystem(const std::string& type);

// Sets one parameter of the context. A flag has no value.
absl::Status SetFlag(int context, const std::string& key);
absl::Status SetString(int context, const std::string& key,
                       const std::string& value);

// Makes the file system and a mount of it that is attached nowhere, with
// MOUNT_ATTR_* `attributes`.
absl::StatusOr<Fd> CreateMount(int context, uint64_t attributes);

// A detached copy of the mount at `path` below `dir`, with those below it
// when `recursive`.
absl::StatusOr<Fd> CloneMount(int dir, const std::string& path, bool recursive);

// Attaches a detached mount at `path` below `dir`.
absl::Status AttachMount(int mount, int dir, const std::string& path);

// Sets and clears MOUNT_ATTR_* attributes of a mount (Linux 5.12).
absl::Status SetMountAttributes(int mount, uint64_t set, uint64_t clear,
                                bool recursive);

// Unmounts what is at `path`, at once and whatever uses it. What is no mount
// point (EINVAL) or absent is success.
absl::Status DetachMount(const std::string& path);

// What the file system wrote of its last error into the context: "overlay:
// upper fs does not support tmpfile". Empty when it wrote nothing.
std::string ContextMessage(int context);

}  // namespace cleat::sys

#endif  // CLEAT_LIB_SYS_MOUNT_H_
