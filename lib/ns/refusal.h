#ifndef CLEAT_LIB_NS_REFUSAL_H_
#define CLEAT_LIB_NS_REFUSAL_H_

#include <cstdint>

#include "absl/status/status.h"

namespace cleat::ns {

// Why the kernel would not make namespaces of the CLONE_NEW* `flags`, with
// what would help: "unshare failed: user, mount: Operation not permitted
// (sysctl kernel.unprivileged_userns_clone=1 allows it)". `error` is the
// errno of unshare(2) or clone(2), whose man pages list the reasons; the code
// is that of the errno.
absl::Status CreationError(uint64_t flags, int error);

}  // namespace cleat::ns

#endif  // CLEAT_LIB_NS_REFUSAL_H_
