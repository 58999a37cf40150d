#ifndef CLEAT_LIB_STAGE_CONTAINER_RUN_H_
#define CLEAT_LIB_STAGE_CONTAINER_RUN_H_

#include <string>

#include "absl/status/statusor.h"
#include "lib/cli/tool.h"
#include "proto/cgroup.pb.h"
#include "proto/image.pb.h"
#include "proto/layers.pb.h"
#include "proto/process.pb.h"
#include "proto/rootfs.pb.h"
#include "proto/run.pb.h"

namespace cleat::stage {

// The options of each stage of the pipeline that a container-run is.
struct RunStages {
  proto::ImageGetOptions image_get;
  proto::LayerUnpackOptions layer_unpack;
  proto::OverlayMountOptions overlay_mount;
  proto::CgsetOptions cgset;
  proto::RootfsRunOptions rootfs_run;
};

// kInvalidArgument for options that exclude each other.
absl::StatusOr<RunStages> SplitRun(const proto::ContainerRunOptions& options);

// The pipeline as a command for sh, with the line's end.
std::string PipelineText(const proto::ContainerRunOptions& options,
                         const RunStages& stages);

// The work of container-run: the stages, one after the other, on one document.
// A failure of any is one before the program; an error that has
// sys::kExitStatusPayload is the exec's.
absl::StatusOr<cli::Outcome> ContainerRun(
    const proto::ContainerRunOptions& options, cli::Document& document);

}  // namespace cleat::stage

#endif  // CLEAT_LIB_STAGE_CONTAINER_RUN_H_
