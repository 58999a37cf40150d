#include "lib/stage/run_sections.h"

#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/cli/tool.h"
#include "lib/journal/process.h"
#include "lib/mount/root.h"
#include "lib/stage/anchor.h"
#include "proto/cgroup.table.h"
#include "proto/image.table.h"
#include "proto/mounts.table.h"
#include "proto/namespaces.table.h"
#include "proto/network.table.h"
#include "proto/process.table.h"
#include "proto/rootfs.table.h"

namespace cleat::stage {
namespace {

absl::Status CheckNotRunning(const proto::ProcessState& state) {
  if (!journal::IsAlive(state.init())) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "the container is running already, as process ", state.init().pid()));
}

// Options win over what the document says, list by list.
void MergeSpec(const proto::RootfsRunOptions& options,
               proto::ProcessSpec* spec) {
  spec->MergeFrom(options.spec());
  if (options.program_size() > 0) *spec->mutable_args() = options.program();
}

// --root=DIR takes no other root; a document may come all the same.
absl::Status ReadRootfs(Run& run) {
  if (run.options.has_root()) {
    CLEAT_ASSIGN_OR_RETURN(*run.rootfs.mutable_spec()->mutable_directory(),
                           mount::CheckedDirectory(run.options.root()));
  } else {
    CLEAT_ASSIGN_OR_RETURN(run.rootfs, run.document.Require<proto::Rootfs>(
                                           "rootfs", "overlay-mount"));
  }
  proto::RootfsSpec& spec = *run.rootfs.mutable_spec();
  if (run.options.run().read_only()) spec.set_read_only(true);
  if (spec.store().empty()) {
    spec.set_store(cli::StorePath(run.options.filter().common()));
  }
  return absl::OkStatus();
}

// What the options say comes after what the document says.
absl::Status ReadSurroundings(Run& run) {
  CLEAT_ASSIGN_OR_RETURN(run.mounts, run.document.Get<proto::Mounts>("mounts"));
  CLEAT_ASSIGN_OR_RETURN(run.network,
                         run.document.Get<proto::Network>("network"));
  CLEAT_ASSIGN_OR_RETURN(run.namespaces,
                         run.document.Get<proto::Namespaces>("namespaces"));
  if (run.options.has_namespaces()) {
    run.namespaces.mutable_spec()->MergeFrom(run.options.namespaces());
  }
  if (run.options.has_mounts()) {
    run.mounts.mutable_spec()->MergeFrom(run.options.mounts());
  }
  if (run.options.has_network()) {
    run.network.mutable_spec()->MergeFrom(run.options.network());
  }
  return absl::OkStatus();
}

// Who is on the host's network has the name by which the host is known there,
// as docker run has it.
void TakeHostsName(Run& run) {
  if (run.network.spec().network() != "host" ||
      run.sources.process.has_hostname()) {
    return;
  }
  char name[65] = {};
  if (gethostname(name, sizeof(name) - 1) == 0) {
    run.sources.process.set_hostname(name);
  }
}

}  // namespace

absl::Status ReadSections(Run& run) {
  CLEAT_ASSIGN_OR_RETURN(const proto::Image image,
                         run.document.Get<proto::Image>("image"));
  CLEAT_RETURN_IF_ERROR(ReadRootfs(run));
  CLEAT_RETURN_IF_ERROR(ReadSurroundings(run));
  CLEAT_ASSIGN_OR_RETURN(run.cgroup, run.document.Get<proto::Cgroup>("cgroup"));
  CLEAT_ASSIGN_OR_RETURN(run.process,
                         run.document.Get<proto::Process>("process"));
  CLEAT_RETURN_IF_ERROR(CheckNotRunning(run.process.state()));
  MergeSpec(run.options, run.process.mutable_spec());
  CLEAT_RETURN_IF_ERROR(AnchorFiles(run.process.mutable_spec()));
  run.sources.image = image.state().config();
  run.sources.process = run.process.spec();
  TakeHostsName(run);
  run.sources.rootfs = run.rootfs.spec();
  run.sources.args.assign(run.options.args().begin(), run.options.args().end());
  return absl::OkStatus();
}

void WriteSections(Run& run) {
  run.document.Set("rootfs", run.rootfs);
  if (run.mounts.has_spec()) run.document.Set("mounts", run.mounts);
  if (run.network.has_spec()) run.document.Set("network", run.network);
  if (run.namespaces.has_spec()) run.document.Set("namespaces", run.namespaces);
  if (run.cgroup.has_state()) run.document.Set("cgroup", run.cgroup);
  run.document.Set("process", run.process);
}

proto::Step NewStep() {
  proto::Step step;
  step.set_tool("rootfs-run");
  return step;
}

}  // namespace cleat::stage
