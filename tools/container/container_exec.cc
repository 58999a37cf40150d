// container-exec: runs another program in a running container.

#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/cgroup/attach.h"
#include "lib/cli/containers.h"
#include "lib/cli/current_process.h"
#include "lib/cli/tool.h"
#include "lib/journal/process.h"
#include "lib/runtime/background.h"
#include "lib/runtime/foreground.h"
#include "lib/runtime/join.h"
#include "lib/runtime/spec_builder.h"
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
  spec.mutable_env_file()->MergeFrom(options.env_file());
  spec.mutable_env()->MergeFrom(options.env());
  spec.set_tty(options.tty());
  if (options.privileged()) spec.set_privileged(true);
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
  const std::string& name =
      instance.name().empty() ? instance.id() : instance.name();
  if (state.status() == "paused") {
    return absl::FailedPreconditionError(absl::StrCat(
        "container ", name,
        " is paused, resume it before exec: ", "container-resume ", name));
  }
  const bool running =
      state.status() == "running" && !absl::IsNotFound(init.status());
  if (running) return init;
  return absl::FailedPreconditionError(
      absl::StrCat("container ", name, " does not run"));
}

// As docker exec -it.
absl::Status CheckTerminal(const Options& options) {
  const bool wanted =
      options.tty() && options.interactive() && !options.detach();
  if (!wanted || isatty(STDIN_FILENO) != 0) return absl::OkStatus();
  return absl::InvalidArgumentError(
      "--interactive --tty: the input device is not a TTY");
}

absl::StatusOr<int> RunJoined(
    bool terminal, runtime::Resources* resources,
    absl::FunctionRef<absl::StatusOr<runtime::Container>()> join) {
  CLEAT_ASSIGN_OR_RETURN(runtime::Foreground foreground,
                         runtime::Foreground::Make(terminal, resources));
  CLEAT_ASSIGN_OR_RETURN(runtime::Container joined, join());
  CLEAT_RETURN_IF_ERROR(joined.Start());
  return foreground.Wait(joined);
}

absl::StatusOr<int> ContainerExec(const Options& options) {
  CLEAT_RETURN_IF_ERROR(CheckTerminal(options));
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
  CLEAT_ASSIGN_OR_RETURN(proto::oci::Spec spec,
                         MakeSpec(options, document, process, resources.root));
  CLEAT_ASSIGN_OR_RETURN(const proto::Cgroup cgroup,
                         document.Get<proto::Cgroup>("cgroup"));
  CLEAT_ASSIGN_OR_RETURN(const cgroup::AttachPlan attach,
                         cgroup::PrepareAttach(cgroup.state()));
  resources.cgroup = attach.unified.get();
  for (const sys::Fd& tasks : attach.tasks) {
    resources.cgroup_tasks.push_back(tasks.get());
  }
  runtime::SetConsoleSize(spec.mutable_process());
  const auto join = [&] { return runtime::Join(init.get(), spec, resources); };
  if (!options.detach()) return RunJoined(options.tty(), &resources, join);
  CLEAT_RETURN_IF_ERROR(
      runtime::StartInBackground(options.tty(), &resources, join));
  return 0;
}

}  // namespace

CLEAT_WRAPPER(proto::ContainerExecOptions, ContainerExec);

}  // namespace cleat
