// rootfs-run: runs a program in the container.

#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/base/units.h"
#include "lib/cgroup/attach.h"
#include "lib/cgroup/make.h"
#include "lib/cli/tool.h"
#include "lib/journal/process.h"
#include "lib/mount/root.h"
#include "lib/runtime/exit_file.h"
#include "lib/runtime/holder.h"
#include "lib/runtime/spec_builder.h"
#include "lib/runtime/supervisor.h"
#include "lib/sys/file.h"
#include "proto/cgroup.table.h"
#include "proto/image.table.h"
#include "proto/process.table.h"
#include "proto/rootfs.table.h"

namespace cleat {
namespace {

using Options = proto::RootfsRunOptions;

// All of a document that a run needs, and what the run adds to it.
struct Run {
  Run(const Options& options, cli::Document& document)
      : options(options), document(document) {}

  const Options& options;
  cli::Document& document;
  journal::Instance* instance = nullptr;
  proto::Rootfs rootfs;
  proto::Cgroup cgroup;
  proto::Process process;
  runtime::SpecSources sources;
};

proto::Step StepOfThis() {
  proto::Step step;
  step.set_tool("rootfs-run");
  return step;
}

absl::Status CheckNotRunning(const proto::ProcessState& state) {
  if (!journal::IsAlive(state.init())) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "the container is running already, as process ", state.init().pid()));
}

// Options win over what the document says, list by list.
void MergeSpec(const Options& options, proto::ProcessSpec* spec) {
  spec->MergeFrom(options.spec());
  if (options.program_size() > 0) *spec->mutable_args() = options.program();
}

absl::Status ReadSections(Run& run) {
  CLEAT_ASSIGN_OR_RETURN(const proto::Image image,
                         run.document.Get<proto::Image>("image"));
  CLEAT_ASSIGN_OR_RETURN(run.rootfs, run.document.Require<proto::Rootfs>(
                                         "rootfs", "overlay-mount"));
  if (run.rootfs.spec().store().empty()) {
    run.rootfs.mutable_spec()->set_store(
        cli::StorePath(run.options.filter().common()));
  }
  CLEAT_ASSIGN_OR_RETURN(run.cgroup, run.document.Get<proto::Cgroup>("cgroup"));
  CLEAT_ASSIGN_OR_RETURN(run.process,
                         run.document.Get<proto::Process>("process"));
  CLEAT_RETURN_IF_ERROR(CheckNotRunning(run.process.state()));
  MergeSpec(run.options, run.process.mutable_spec());
  run.sources.image = image.state().config();
  run.sources.process = run.process.spec();
  run.sources.rootfs = run.rootfs.spec();
  run.sources.args.assign(run.options.args().begin(), run.options.args().end());
  return absl::OkStatus();
}

// What is thrown away with the container needs no syncing.
bool IsThrownAway(const Options& options) {
  return !options.detach() && !options.has_emit() && !options.filter().keep();
}

absl::Status MakeUpper(Run& run) {
  if (!mount::NeedsUpper(run.rootfs)) return absl::OkStatus();
  const std::string parent = mount::UpperParent(run.rootfs, run.instance->id());
  proto::Step step = StepOfThis();
  step.set_directory(parent);
  CLEAT_RETURN_IF_ERROR(run.instance->Record(step));
  return mount::MakeUpper(parent, run.rootfs.spec(),
                          run.rootfs.mutable_state());
}

// For limits that were described only: by a template, or with --defer.
absl::Status MakeCgroup(Run& run) {
  if (!run.cgroup.has_spec() || run.cgroup.has_state()) return absl::OkStatus();
  CLEAT_ASSIGN_OR_RETURN(*run.cgroup.mutable_state(),
                         cgroup::Make(run.instance->id(), run.cgroup.spec(),
                                      [&](const std::string& directory) {
                                        proto::Step step = StepOfThis();
                                        step.set_cgroup(directory);
                                        return run.instance->Record(step);
                                      }));
  return absl::OkStatus();
}

absl::StatusOr<sys::Fd> MountRoot(const Run& run) {
  proto::Rootfs rootfs = run.rootfs;
  if (IsThrownAway(run.options)) rootfs.mutable_spec()->set_volatile_(true);
  return mount::MountRoot(rootfs);
}

// The document and the program never share a descriptor.
bool DocumentOnStandardInput(const proto::FilterOptions& filter) {
  if (filter.has_id()) return false;
  return !filter.has_input() || filter.input() == "-";
}

absl::StatusOr<sys::Fd> OpenInput(const Options& options) {
  if (options.has_stdin()) return sys::Open(options.stdin(), O_RDONLY);
  const bool own =
      !options.detach() && !DocumentOnStandardInput(options.filter());
  if (own) return sys::Fd();
  return sys::Open("/dev/null", O_RDONLY);
}

absl::Status RecordProcess(const Run& run, const proto::ProcessId& id) {
  proto::Step step = StepOfThis();
  *step.mutable_process() = id;
  return run.instance->Record(step);
}

absl::Status RecordChild(const Run& run, pid_t pid, proto::ProcessId* id) {
  CLEAT_ASSIGN_OR_RETURN(*id, journal::IdentifyProcess(pid));
  return RecordProcess(run, *id);
}

void UpdateDocument(Run& run) {
  run.document.Set("rootfs", run.rootfs);
  if (run.cgroup.has_state()) run.document.Set("cgroup", run.cgroup);
  run.document.Set("process", run.process);
}

absl::StatusOr<cli::Outcome> RunDetached(Run& run, const proto::oci::Spec& spec,
                                         runtime::Resources resources) {
  proto::ProcessState& state = *run.process.mutable_state();
  state.Clear();
  const std::string& directory = run.instance->directory();
  CLEAT_ASSIGN_OR_RETURN(const runtime::Detached detached,
                         runtime::Detach(spec, std::move(resources),
                                         {directory, [&](pid_t holder) {
                                            return RecordChild(
                                                run, holder,
                                                state.mutable_holder());
                                          }}));
  state.mutable_init()->set_pid(detached.init);
  state.mutable_init()->set_start_time(detached.init_start_time);
  CLEAT_RETURN_IF_ERROR(RecordProcess(run, state.init()));
  state.set_status("running");
  state.set_started_at(detached.started_at);
  state.set_log(absl::StrCat(directory, "/log"));
  UpdateDocument(run);
  return cli::Outcome{0, /*emit=*/true, /*keep=*/true};
}

// While the program runs, other tools find it by what the state directory has.
absl::Status ShowRunning(Run& run) {
  proto::ProcessState& state = *run.process.mutable_state();
  state.set_status("running");
  state.set_started_at(runtime::Timestamp());
  UpdateDocument(run);
  return run.instance->WriteDocument(run.document.ToJson());
}

cli::Outcome Finish(Run& run, int exit_status) {
  proto::ProcessState& state = *run.process.mutable_state();
  state.set_status("stopped");
  state.clear_init();
  state.set_exit_status(exit_status);
  state.set_finished_at(runtime::Timestamp());
  UpdateDocument(run);
  const bool emit = run.options.emit() == "always" ||
                    (run.options.has_emit() && exit_status == 0);
  return cli::Outcome{exit_status, emit, /*keep=*/false};
}

absl::StatusOr<cli::Outcome> RunForeground(Run& run,
                                           const proto::oci::Spec& spec,
                                           runtime::Resources resources) {
  proto::ProcessState& state = *run.process.mutable_state();
  state.Clear();
  if (run.options.has_emit()) resources.standard[1] = STDERR_FILENO;
  CLEAT_ASSIGN_OR_RETURN(runtime::Supervisor supervisor,
                         runtime::Supervisor::Make());
  CLEAT_ASSIGN_OR_RETURN(runtime::Container container,
                         runtime::Create(spec, std::move(resources)));
  CLEAT_RETURN_IF_ERROR(
      RecordChild(run, container.pid(), state.mutable_init()));
  CLEAT_RETURN_IF_ERROR(container.Start());
  CLEAT_RETURN_IF_ERROR(ShowRunning(run));
  CLEAT_ASSIGN_OR_RETURN(const int exit_status, supervisor.Wait(container));
  return Finish(run, exit_status);
}

absl::StatusOr<cli::Outcome> Execute(Run& run) {
  CLEAT_ASSIGN_OR_RETURN(sys::Fd root, MountRoot(run));
  CLEAT_ASSIGN_OR_RETURN(const proto::oci::Spec spec,
                         runtime::BuildSpec(run.sources, root.get()));
  CLEAT_ASSIGN_OR_RETURN(const cgroup::AttachPlan attach,
                         cgroup::PrepareAttach(run.cgroup.state()));
  CLEAT_ASSIGN_OR_RETURN(const sys::Fd input, OpenInput(run.options));
  runtime::Resources resources;
  resources.root = std::move(root);
  resources.standard[0] = input.get();
  resources.cgroup = attach.unified.get();
  for (const sys::Fd& tasks : attach.tasks) {
    resources.cgroup_tasks.push_back(tasks.get());
  }
  if (run.options.has_preserve_fd()) {
    CLEAT_ASSIGN_OR_RETURN(resources.preserved,
                           ParseList(run.options.preserve_fd()));
  }
  return run.options.detach() ? RunDetached(run, spec, std::move(resources))
                              : RunForeground(run, spec, std::move(resources));
}

absl::StatusOr<cli::Outcome> RootfsRun(const Options& options,
                                       cli::Document& document) {
  if (options.detach() && options.die_with_parent()) {
    return absl::InvalidArgumentError(
        "--die-with-parent: a detached container outlives its caller");
  }
  Run run(options, document);
  CLEAT_RETURN_IF_ERROR(ReadSections(run));
  CLEAT_ASSIGN_OR_RETURN(run.instance, document.Instance());
  run.sources.id = run.instance->id();
  CLEAT_RETURN_IF_ERROR(MakeUpper(run));
  CLEAT_RETURN_IF_ERROR(MakeCgroup(run));
  return Execute(run);
}

}  // namespace

CLEAT_RUNNER(proto::RootfsRunOptions, RootfsRun);

}  // namespace cleat
