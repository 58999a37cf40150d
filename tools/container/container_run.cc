// container-run: the pipeline from an image to a running program in one
// process.

#include "lib/stage/container_run.h"

#include "proto/run.table.h"

namespace cleat {

CLEAT_RUNNER_SOURCE(proto::ContainerRunOptions, stage::ContainerRun);

}  // namespace cleat
