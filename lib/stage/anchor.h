#ifndef CLEAT_LIB_STAGE_ANCHOR_H_
#define CLEAT_LIB_STAGE_ANCHOR_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "proto/process.pb.h"

// Paths of the caller's that mean the same to whoever reads them later.

namespace cleat::stage {

// `path` from "/" on, without following links: it need not be there yet.
absl::StatusOr<std::string> Absolute(absl::string_view path);

// Makes the paths of `env_file` and of the seccomp profile in `security_opt`
// absolute.
absl::Status AnchorFiles(proto::ProcessSpec* spec);

}  // namespace cleat::stage

#endif  // CLEAT_LIB_STAGE_ANCHOR_H_
