#ifndef CLEAT_LIB_NS_UNSHARE_H_
#define CLEAT_LIB_NS_UNSHARE_H_

#include <cstdint>

#include "absl/status/status.h"

namespace cleat::ns {

// Moves the calling process into new namespaces of the CLONE_NEW* `flags`; one
// of PIDs or of time is that of its further children. 0 does nothing. The
// error is CreationError's.
absl::Status Unshare(uint64_t flags);

// Why the kernel would not make namespaces of the CLONE_NEW* `flags`, with
// what would help: "unshare failed: user, mount: Operation not permitted
// (sysctl kernel.unprivileged_userns_clone=1 allows it)". `error` is the
// errno of unshare(2) or clone(2), whose man pages list the reasons; the code
// is that of the errno.
absl::Status CreationError(uint64_t flags, int error);

}  // namespace cleat::ns

#endif  // CLEAT_LIB_NS_UNSHARE_H_
