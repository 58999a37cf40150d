#ifndef CLEAT_LIB_SECCOMP_NAMES_H_
#define CLEAT_LIB_SECCOMP_NAMES_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "lib/seccomp/filter.h"

// The names that profiles have for what the kernel has numbers for: the OCI
// runtime spec's (config-linux.md, "Seccomp"), which are libseccomp's. Every
// error is kInvalidArgument and names what it is about.

namespace cleat::seccomp {

// The word SECCOMP_RET_* of "SCMP_ACT_ERRNO". Its data is `data`, EPERM when
// that is absent, where the action has one; where it has none, `data` is an
// error.
absl::StatusOr<uint32_t> ParseAction(absl::string_view name,
                                     absl::optional<uint32_t> data);

absl::StatusOr<Operator> ParseOperator(absl::string_view name);

// SECCOMP_FILTER_FLAG_* of "SECCOMP_FILTER_FLAG_LOG". That of all threads is
// 0: a container's first process has one.
absl::StatusOr<uint32_t> ParseFlag(absl::string_view name);

// The number of "EPERM".
absl::StatusOr<uint32_t> ParseErrno(absl::string_view name);

}  // namespace cleat::seccomp

#endif  // CLEAT_LIB_SECCOMP_NAMES_H_
