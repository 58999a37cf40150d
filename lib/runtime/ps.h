#ifndef CLEAT_LIB_RUNTIME_PS_H_
#define CLEAT_LIB_RUNTIME_PS_H_

#include <sys/types.h>

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

// The host's ps(1), as `docker top` uses it.

namespace cleat::runtime {

// What `ps OPTIONS...` prints of these processes, under its heading.
// kNotFound where there is no ps, kInvalidArgument with its own words when it
// fails or prints no column PID.
absl::StatusOr<std::string> RunPs(const std::vector<std::string>& options,
                                  const std::vector<pid_t>& pids);

// The heading of ps's `output` and its lines of these processes.
absl::StatusOr<std::string> FilterPs(absl::string_view output,
                                     const std::vector<pid_t>& pids);

}  // namespace cleat::runtime

#endif  // CLEAT_LIB_RUNTIME_PS_H_
