// container-exec: runs another program in a running container.

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/cgroup/attach.h"
#include "lib/cli/containers.h"
#include "lib/cli/current_process.h"
#include "lib/cli/tool.h"
#include "lib/journal/process.h"
#include "lib/runtime/join.h"
#include "lib/runtime/spec_builder.h"
#include "lib/runtime/supervisor.h"
#include "proto/cgroup.table.h"
#include "proto/image.table.h"
#include "proto/lifecycle.table.h"
#include "proto/process.table.h"
#include "proto/rootfs.table.h"

namespace cleat {
namespace {

using Options = proto::ContainerExecOptions;

// The container's own process section, with what this program has otherwise.
proto::ProcessSpec SpecOf(const Options& options,
                          const proto::Process& process) {
  proto::ProcessSpec spec = process.spec();
  *spec.mutable_args() = options.program();
  spec.mutable_env()->MergeFrom(options.env());
  if (options.has_user()) spec.set_user(options.user());
  if (options.has_workdir()) spec.set_workdir(options.workdir());
  return spec;
}

absl::StatusOr<proto::oci::Spec> MakeSpec(const Options& options,
                                          const cli::Document& document,
                                          const proto::Process& process,
                                          const sys::Fd& root) {
  runtime::SpecSources sources;
  sources.id = document.envelope().id();
  sources.process = SpecOf(options, process);
  CLEAT_ASSIGN_OR_RETURN(const auto image, document.Get<proto::Image>("image"));
  sources.image = image.state().config();
  return runtime::BuildSpec(sources, root.get());
}

absl::StatusOr<sys::Fd> OpenInit(const journal::Instance& instance,
                                 const proto::ProcessState& state) {
  absl::StatusOr<sys::Fd> init = journal::OpenProcess(state.init());
  const bool running =
      state.status() == "running" && !absl::IsNotFound(init.status());
  if (running) return init;
  return absl::FailedPreconditionError(absl::StrCat(
      "container ", instance.name().empty() ? instance.id() : instance.name(),
      " does not run"));
}

absl::StatusOr<int> ContainerExec(const Options& options) {
  CLEAT_ASSIGN_OR_RETURN(
      const journal::Instance instance,
      cli::SelectContainer(pb::ToolOf<Options>(), options.id(), "",
                           options.input()));
  CLEAT_ASSIGN_OR_RETURN(const cli::Document document,
                         cli::CurrentDocument(instance));
  CLEAT_ASSIGN_OR_RETURN(const proto::Process process,
                         document.Get<proto::Process>("process"));
  CLEAT_ASSIGN_OR_RETURN(const sys::Fd init,
                         OpenInit(instance, process.state()));
  runtime::Resources resources;
  CLEAT_ASSIGN_OR_RETURN(resources.root,
                         runtime::OpenRootOf(process.state().init().pid()));
  CLEAT_ASSIGN_OR_RETURN(const proto::oci::Spec spec,
                         MakeSpec(options, document, process, resources.root));
  CLEAT_ASSIGN_OR_RETURN(const proto::Cgroup cgroup,
                         document.Get<proto::Cgroup>("cgroup"));
  CLEAT_ASSIGN_OR_RETURN(const cgroup::AttachPlan attach,
                         cgroup::PrepareAttach(cgroup.state()));
  resources.cgroup = attach.unified.get();
  for (const sys::Fd& tasks : attach.tasks) {
    resources.cgroup_tasks.push_back(tasks.get());
  }
  CLEAT_ASSIGN_OR_RETURN(runtime::Supervisor supervisor,
                         runtime::Supervisor::Make());
  CLEAT_ASSIGN_OR_RETURN(runtime::Container joined,
                         runtime::Join(init.get(), spec, resources));
  CLEAT_RETURN_IF_ERROR(joined.Start());
  return supervisor.Wait(joined);
}

}  // namespace

CLEAT_WRAPPER(proto::ContainerExecOptions, ContainerExec);

}  // namespace cleat
