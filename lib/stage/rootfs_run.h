#ifndef CLEAT_LIB_STAGE_ROOTFS_RUN_H_
#define CLEAT_LIB_STAGE_ROOTFS_RUN_H_

#include "absl/status/statusor.h"
#include "lib/cli/tool.h"
#include "proto/process.pb.h"

namespace cleat::stage {

// Whether the run needs no document: it has a root of its own.
bool RunsOnDirectory(const proto::RootfsRunOptions& options);

// The work of rootfs-run: makes what the document only describes, runs the
// program and, in the foreground, waits for its end. An error that has
// sys::kExitStatusPayload is the exec's.
absl::StatusOr<cli::Outcome> RootfsRun(const proto::RootfsRunOptions& options,
                                       cli::Document& document);

}  // namespace cleat::stage

#endif  // CLEAT_LIB_STAGE_ROOTFS_RUN_H_
