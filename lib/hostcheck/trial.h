#ifndef CLEAT_LIB_HOSTCHECK_TRIAL_H_
#define CLEAT_LIB_HOSTCHECK_TRIAL_H_

#include <cstdint>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"

namespace cleat::hostcheck {

// Runs `trial` in a child, so that what it makes ends with it, and returns what
// it does.
absl::Status InChild(absl::FunctionRef<absl::Status()> trial);

// The same as root of a user namespace, for who is not root, with new
// namespaces of the CLONE_NEW* flags. In a new PID namespace the trial runs in
// its first process.
absl::Status InNamespaces(uint64_t flags,
                          absl::FunctionRef<absl::Status()> trial);

}  // namespace cleat::hostcheck

#endif  // CLEAT_LIB_HOSTCHECK_TRIAL_H_
