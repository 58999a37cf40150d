#ifndef CLEAT_LIB_RUNTIME_ULIMIT_H_
#define CLEAT_LIB_RUNTIME_ULIMIT_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "proto/oci_runtime.pb.h"

namespace cleat::runtime {

// "nofile=1024:4096", "core=0", "memlock=unlimited" or "memlock=-1", in
// docker run's names (those of setrlimit(2) in small letters, without RLIMIT_).
// Without a hard limit it is the soft one. kInvalidArgument otherwise, and for
// a soft limit above the hard one.
absl::StatusOr<proto::oci::Rlimit> ParseUlimit(absl::string_view text);

}  // namespace cleat::runtime

#endif  // CLEAT_LIB_RUNTIME_ULIMIT_H_
