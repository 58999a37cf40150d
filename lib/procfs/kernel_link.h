#ifndef CLEAT_LIB_PROCFS_KERNEL_LINK_H_
#define CLEAT_LIB_PROCFS_KERNEL_LINK_H_

#include <cstdint>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"

// What the links of /proc/PID/ns and /proc/PID/fd say of things that lie in no
// directory: "net:[4026531992]", "socket:[4711]", "pipe:[12]" (proc(5),
// namespaces(7)). The roots of nsfs mounts in mountinfo have the same form.

namespace cleat::procfs {

struct KernelLink {
  // "net", "socket": a part of the text that was parsed.
  absl::string_view name;
  // The inode number.
  uint64_t number = 0;
};

// None for a path, and for what has no number ("anon_inode:[eventfd]"). A file
// cannot pass for such a link: its path begins with '/' or '('.
absl::optional<KernelLink> ParseKernelLink(absl::string_view text);

}  // namespace cleat::procfs

#endif  // CLEAT_LIB_PROCFS_KERNEL_LINK_H_
