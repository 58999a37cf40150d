#ifndef CLEAT_LIB_NS_MOUNT_H_
#define CLEAT_LIB_NS_MOUNT_H_

#include <string>

#include "absl/status/status.h"
#include "lib/ns/request.h"

// What is done inside a mount namespace, step by step. A new one is a copy, in
// which shared mounts are shared with the old one's (mount_namespaces(7)).

namespace cleat::ns {

// Sets the propagation of all mounts, as `flags` of mount(2): MS_REC with
// MS_PRIVATE, MS_SHARED or MS_SLAVE.
absl::Status SetPropagation(unsigned long flags);

// Makes `root` the root directory and `directory` the working directory; empty
// ones stay, but a new root's working directory is "/" by default.
absl::Status ChangeRoot(const std::string& root, const std::string& directory);

// Mounts proc(5) of this process's PID namespace at `request.proc`.
absl::Status MountProc(const Request& request);

// Mounts binfmt_misc of this user namespace (Linux 6.7) and registers an
// interpreter with it. One that is opened at once (flag F) is meant in the
// caller's root, any other in the new one.
bool IsOpenedAtOnce(const std::string& interpreter);
absl::Status MountBinfmt(const std::string& at);
absl::Status RegisterInterpreter(const std::string& binfmt,
                                 const std::string& interpreter);

// All of it, in order.
absl::Status SetUpMounts(const Request& request);

}  // namespace cleat::ns

#endif  // CLEAT_LIB_NS_MOUNT_H_
