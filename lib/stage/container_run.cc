#include "lib/stage/container_run.h"

#include <fcntl.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/base/status_macros.h"
#include "lib/cli/command_line.h"
#include "lib/stage/cgset.h"
#include "lib/stage/image_get.h"
#include "lib/stage/layer_unpack.h"
#include "lib/stage/overlay_mount.h"
#include "lib/stage/rootfs_run.h"
#include "lib/sys/fd.h"
#include "lib/sys/file.h"
#include "proto/cgroup.table.h"
#include "proto/image.table.h"
#include "proto/layers.table.h"
#include "proto/process.table.h"
#include "proto/rootfs.table.h"

namespace cleat::stage {
namespace {

using Options = proto::ContainerRunOptions;

absl::Status CheckOptions(const Options& options) {
  if (options.run().detach() && options.interactive()) {
    return absl::InvalidArgumentError(
        "--interactive: a detached container has no use for the caller's "
        "input");
  }
  if (options.filter().keep() && !options.run().detach()) {
    return absl::InvalidArgumentError(
        "--keep: only for a container that outlives the command (--detach)");
  }
  return absl::OkStatus();
}

// docker run: what follows the image replaces its command, not its entrypoint.
proto::RootfsRunOptions RunOptionsOf(const Options& options) {
  proto::RootfsRunOptions run;
  *run.mutable_spec() = options.process();
  *run.mutable_mounts() = options.mounts();
  *run.mutable_namespaces() = options.namespaces();
  *run.mutable_network() = options.network();
  *run.mutable_run() = options.run();
  *run.mutable_args() = options.args();
  if (options.interactive()) run.set_stdin("-");
  run.mutable_filter()->mutable_common()->CopyFrom(options.filter().common());
  return run;
}

absl::Status RunStage(const absl::Status& status, absl::string_view tool) {
  if (status.ok()) return status;
  absl::Status named(status.code(), absl::StrCat(tool, ": ", status.message()));
  status.ForEachPayload([&](absl::string_view url, const absl::Cord& payload) {
    named.SetPayload(url, payload);
  });
  return named;
}

// As docker: never over a file that is there, which would be another
// container's.
absl::StatusOr<sys::Fd> OpenCidfile(const Options& options) {
  if (!options.has_cidfile()) return sys::Fd();
  return sys::Open(options.cidfile(), O_WRONLY | O_CREAT | O_EXCL, 0644);
}

absl::Status WriteCidfile(const Options& options, const sys::Fd& file,
                          cli::Document& document) {
  if (!file.valid()) return absl::OkStatus();
  CLEAT_ASSIGN_OR_RETURN(journal::Instance * instance, document.Instance());
  return sys::WriteAll(file.get(), instance->id(), options.cidfile());
}

absl::Status Prepare(const RunStages& stages, cli::Document& document) {
  CLEAT_RETURN_IF_ERROR(
      RunStage(ImageGet(stages.image_get, document), "image-get"));
  CLEAT_RETURN_IF_ERROR(
      RunStage(LayerUnpack(stages.layer_unpack, document), "layer-unpack"));
  CLEAT_RETURN_IF_ERROR(
      RunStage(OverlayMount(stages.overlay_mount, document), "overlay-mount"));
  return RunStage(Cgset(stages.cgset, document), "cgset");
}

template <typename StageOptions>
std::string StageText(const StageOptions& options) {
  return absl::StrJoin(cli::CommandLine(options), " ",
                       [](std::string* out, const std::string& word) {
                         out->append(cli::ShellQuote(word));
                       });
}

}  // namespace

absl::StatusOr<RunStages> SplitRun(const Options& options) {
  CLEAT_RETURN_IF_ERROR(CheckOptions(options));
  const proto::CommonOptions& common = options.filter().common();
  RunStages stages;
  *stages.image_get.mutable_filter()->mutable_common() = common;
  *stages.image_get.mutable_filter()->mutable_label() =
      options.filter().label();
  if (options.filter().has_name()) {
    stages.image_get.mutable_filter()->set_name(options.filter().name());
  }
  stages.image_get.set_image(options.image());
  if (options.has_platform()) {
    stages.image_get.set_platform(options.platform());
  }
  *stages.layer_unpack.mutable_filter()->mutable_common() = common;
  *stages.overlay_mount.mutable_filter()->mutable_common() = common;
  *stages.cgset.mutable_filter()->mutable_common() = common;
  *stages.cgset.mutable_spec() = options.cgroup();
  stages.rootfs_run = RunOptionsOf(options);
  return stages;
}

// In a pipeline the document comes on the run's standard input, so the
// caller's is handed down beside it.
std::string PipelineText(const Options& options, const RunStages& stages) {
  proto::RootfsRunOptions run = stages.rootfs_run;
  if (options.interactive()) run.set_stdin("/dev/fd/3");
  std::string text = absl::StrJoin(
      {StageText(stages.image_get), StageText(stages.layer_unpack),
       StageText(stages.overlay_mount), StageText(stages.cgset),
       StageText(run)},
      " |\n  ");
  if (options.run().detach()) {
    absl::StrAppend(&text, " |\n  container-inspect --get=id");
  }
  if (options.interactive()) text = absl::StrCat("{ ", text, "; } 3<&0");
  return absl::StrCat(text, "\n");
}

absl::StatusOr<cli::Outcome> ContainerRun(const Options& options,
                                          cli::Document& document) {
  CLEAT_ASSIGN_OR_RETURN(const RunStages stages, SplitRun(options));
  if (options.print()) {
    CLEAT_RETURN_IF_ERROR(sys::WriteAll(
        STDOUT_FILENO, PipelineText(options, stages), "standard output"));
    return cli::Outcome();
  }
  CLEAT_ASSIGN_OR_RETURN(const sys::Fd cidfile, OpenCidfile(options));
  CLEAT_RETURN_IF_ERROR(Prepare(stages, document));
  CLEAT_RETURN_IF_ERROR(WriteCidfile(options, cidfile, document));
  CLEAT_ASSIGN_OR_RETURN(cli::Outcome outcome,
                         RootfsRun(stages.rootfs_run, document));
  if (outcome.emit) outcome.answer = document.envelope().id();
  return outcome;
}

}  // namespace cleat::stage
