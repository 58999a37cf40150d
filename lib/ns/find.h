#ifndef CLEAT_LIB_NS_FIND_H_
#define CLEAT_LIB_NS_FIND_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/ns/kinds.h"
#include "lib/sys/fd.h"

// Namespaces by what people have of them: a file, or a number.

namespace cleat::ns {

// Opens the namespace that `text` names:
//
//   /proc/4711/ns/net, /run/netns/blue   a file: of procfs, or a bind mount
//   4026532281, net:[4026532281]         the inode number, as lsns(8) and
//                                        readlink(1) show it
//   :4711                                the id (Linux 6.18)
//
// What has a number is looked for in all processes: among their namespaces,
// their descriptors and the mounts that they see. A file of such a name is
// "./4026532281". kNotFound when there is none, or none that this process may
// look at. What a file is becomes known when it is entered: see CheckKind.
absl::StatusOr<sys::Fd> OpenNamespace(const Kind& kind,
                                      const std::string& text);

// Opens the namespace that is at `place`, which was opened with O_PATH. A pipe
// or a device, which a container may have put there, is kNotFound.
absl::StatusOr<sys::Fd> OpenPlace(const sys::Fd& place, absl::string_view name);

// Likewise what is mounted at `target` below the directory `root`.
absl::StatusOr<sys::Fd> OpenMounted(int root, const std::string& target);

// Why setns(2) did not take this file (EINVAL): that it is no namespace, or of
// another kind than asked for. OK when neither is so.
absl::Status CheckKind(int fd, const Kind& kind, absl::string_view name);

// The namespace of this kind and inode number, looked for as above.
absl::StatusOr<sys::Fd> FindByInode(const Kind& kind, uint64_t inode,
                                    const std::string& proc = "/proc");

}  // namespace cleat::ns

#endif  // CLEAT_LIB_NS_FIND_H_
