#ifndef CLEAT_LIB_RUNTIME_EXIT_FILE_H_
#define CLEAT_LIB_RUNTIME_EXIT_FILE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "proto/process.pb.h"

// What became of a detached container: the file `exit` in its state
// directory, a ProcessState as JSON with exitStatus, startedAt and finishedAt.
// It appears whole, when the container has ended.

namespace cleat::runtime {

absl::Status WriteExit(const std::string& directory,
                       const proto::ProcessState& state);

// kNotFound while the container runs, and when its holder was killed.
absl::StatusOr<proto::ProcessState> ReadExit(const std::string& directory);

// Now, as RFC 3339 in UTC.
std::string Timestamp();

}  // namespace cleat::runtime

#endif  // CLEAT_LIB_RUNTIME_EXIT_FILE_H_
