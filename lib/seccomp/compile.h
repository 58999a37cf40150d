#ifndef CLEAT_LIB_SECCOMP_COMPILE_H_
#define CLEAT_LIB_SECCOMP_COMPILE_H_

#include <linux/filter.h>

#include <vector>

#include "absl/status/statusor.h"
#include "lib/seccomp/filter.h"

namespace cleat::seccomp {

// Makes the program that decides as the filter says, the same as libseccomp's
// would, with runc's word on calls that are newer than the profile: above the
// highest number that the rules name they fail with ENOSYS, so that programs
// fall back on older ones, unless the default action lets calls pass.
//
// Numbers that are decided in the same way are a range, and the ranges the
// leaves of a binary tree: for Docker's profile a call is decided after about
// 8 instructions of about 400.
//
// kResourceExhausted above the kernel's 4096 instructions.
absl::StatusOr<std::vector<sock_filter>> Compile(const Filter& filter);

}  // namespace cleat::seccomp

#endif  // CLEAT_LIB_SECCOMP_COMPILE_H_
