// rootfs-run: runs a program in the container.

#include "lib/stage/rootfs_run.h"

#include "proto/process.table.h"

namespace cleat {

CLEAT_RUNNER_OR_SOURCE(proto::RootfsRunOptions, stage::RootfsRun,
                       stage::RunsOnDirectory);

}  // namespace cleat
