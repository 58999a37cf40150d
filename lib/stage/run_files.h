#ifndef CLEAT_LIB_STAGE_RUN_FILES_H_
#define CLEAT_LIB_STAGE_RUN_FILES_H_

#include <sys/types.h>

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/stage/run_sections.h"

// The caller's own files and descriptors that a run has to do with.

namespace cleat::stage {

// Writes the container's first process to --pid-file, where that is given, for
// as long as there is the container: a number without a newline, as docker,
// crun and runc do, in one step (rename(2)). A pipe, a device and what a
// descriptor's name leads to are written to, and stay.
absl::Status WritePidFile(const Run& run, pid_t pid);

// The descriptors of --preserve-fd. kInvalidArgument for one that is not open.
absl::StatusOr<std::vector<int>> PreservedDescriptors(const Run& run);

}  // namespace cleat::stage

#endif  // CLEAT_LIB_STAGE_RUN_FILES_H_
