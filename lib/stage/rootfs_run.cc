#include "lib/stage/rootfs_run.h"

#include <unistd.h>

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/cgroup/attach.h"
#include "lib/runtime/exit_file.h"
#include "lib/runtime/foreground.h"
#include "lib/runtime/holder.h"
#include "lib/stage/run_effects.h"
#include "lib/stage/run_files.h"
#include "lib/stage/run_namespaces.h"
#include "lib/stage/run_sections.h"
#include "lib/stage/run_spec.h"
#include "lib/stage/run_userns.h"
#include "lib/sys/file.h"

namespace cleat::stage {
namespace {

using Options = proto::RootfsRunOptions;

// The document and the program never share a descriptor.
bool DocumentOnStandardInput(const Options& options) {
  const proto::FilterOptions& filter = options.filter();
  if (filter.has_id()) return false;
  if (filter.has_input()) return filter.input() == "-";
  return !RunsOnDirectory(options);
}

absl::StatusOr<sys::Fd> OpenInput(const Options& options) {
  if (options.stdin() == "-") return sys::Fd();
  if (options.has_stdin()) return sys::Open(options.stdin(), O_RDONLY);
  const bool detached = options.run().detach();
  if (!detached && !DocumentOnStandardInput(options)) return sys::Fd();
  if (!detached && options.spec().tty()) {
    // Whoever has none types nothing.
    absl::StatusOr<sys::Fd> terminal =
        sys::Open("/dev/tty", O_RDONLY | O_NOCTTY);
    if (terminal.ok()) return terminal;
  }
  return sys::Open("/dev/null", O_RDONLY);
}

absl::StatusOr<log::Options> LogOptions(const Options& options) {
  const proto::RunOptions& run = options.run();
  return log::ParseOptions(run.log_driver(),
                           {run.log_opt().begin(), run.log_opt().end()});
}

void BeginState(const proto::oci::Spec& spec, proto::ProcessState& state) {
  state.Clear();
  *state.mutable_args() = spec.process().args();
}

absl::StatusOr<cli::Outcome> RunDetached(Run& run, const proto::oci::Spec& spec,
                                         runtime::Resources resources) {
  proto::ProcessState& state = *run.process.mutable_state();
  BeginState(spec, state);
  // The holder makes nothing that is to be recorded before it.
  CLEAT_ASSIGN_OR_RETURN(const std::vector<sys::Fd> tasks,
                         std::exchange(resources.meanwhile, nullptr)());
  for (const sys::Fd& fd : tasks) resources.cgroup_tasks.push_back(fd.get());
  const std::string& directory = run.instance->directory();
  CLEAT_ASSIGN_OR_RETURN(const log::Options log, LogOptions(run.options));
  CLEAT_ASSIGN_OR_RETURN(const runtime::Detached detached,
                         runtime::Detach(spec, std::move(resources),
                                         {directory, log, [&](pid_t holder) {
                                            return RecordChild(
                                                run, holder,
                                                state.mutable_holder());
                                          }}));
  state.mutable_init()->set_pid(detached.init);
  state.mutable_init()->set_start_time(detached.init_start_time);
  CLEAT_RETURN_IF_ERROR(RecordProcess(run, state.init()));
  CLEAT_RETURN_IF_ERROR(WritePidFile(run, detached.init));
  state.set_status("running");
  state.set_started_at(detached.started_at);
  if (log.keep) state.set_log(absl::StrCat(directory, "/log"));
  WriteSections(run);
  return cli::Outcome{0, /*emit=*/true, /*keep=*/true};
}

// While the program runs, other tools find it by what the state directory has.
absl::Status ShowRunning(Run& run) {
  proto::ProcessState& state = *run.process.mutable_state();
  state.set_status("running");
  state.set_started_at(runtime::Timestamp());
  WriteSections(run);
  return run.instance->WriteDocument(run.document.ToJson());
}

// Only a document that goes on says how the program ended.
cli::Outcome Finish(Run& run, int exit_status) {
  const bool emit = run.options.emit() == "always" ||
                    (run.options.has_emit() && exit_status == 0);
  if (emit) {
    proto::ProcessState& state = *run.process.mutable_state();
    state.set_status("stopped");
    state.clear_init();
    state.set_exit_status(exit_status);
    state.set_finished_at(runtime::Timestamp());
    WriteSections(run);
  }
  return cli::Outcome{exit_status, emit, /*keep=*/false};
}

absl::StatusOr<cli::Outcome> RunForeground(Run& run,
                                           const proto::oci::Spec& spec,
                                           runtime::Resources resources) {
  proto::ProcessState& state = *run.process.mutable_state();
  BeginState(spec, state);
  if (run.options.has_emit()) resources.standard[1] = STDERR_FILENO;
  CLEAT_ASSIGN_OR_RETURN(
      runtime::Foreground foreground,
      runtime::Foreground::Make(spec.process().terminal(), &resources));
  CLEAT_ASSIGN_OR_RETURN(runtime::Container container,
                         runtime::Create(spec, std::move(resources)));
  CLEAT_RETURN_IF_ERROR(
      RecordChild(run, container.pid(), state.mutable_init()));
  CLEAT_RETURN_IF_ERROR(WritePidFile(run, container.pid()));
  CLEAT_RETURN_IF_ERROR(container.Start());
  CLEAT_RETURN_IF_ERROR(ShowRunning(run));
  CLEAT_ASSIGN_OR_RETURN(const int exit_status, foreground.Wait(container));
  return Finish(run, exit_status);
}

absl::StatusOr<cli::Outcome> Execute(Run& run, bool begun) {
  CLEAT_ASSIGN_OR_RETURN(RunSpec made, MakeRunSpec(run));
  CLEAT_RETURN_IF_ERROR(SetUserNamespace(run, &made.spec));
  CLEAT_ASSIGN_OR_RETURN(const sys::Fd birthplace,
                         cgroup::OpenUnified(run.cgroup.state()));
  CLEAT_ASSIGN_OR_RETURN(const sys::Fd input, OpenInput(run.options));
  runtime::Resources resources;
  resources.root = std::move(made.root);
  resources.standard[0] = input.get();
  resources.init = run.process.spec().init();
  runtime::SetConsoleSize(made.spec.mutable_process());
  resources.cgroup = birthplace.get();
  resources.groups = run.cgroup.state();
  resources.meanwhile = [&]() -> absl::StatusOr<std::vector<sys::Fd>> {
    CLEAT_RETURN_IF_ERROR(CompleteCgroup(run, begun, made.spec));
    return cgroup::OpenTasks(run.cgroup.state());
  };
  if (run.options.run().has_preserve_fd()) {
    CLEAT_ASSIGN_OR_RETURN(resources.preserved, PreservedDescriptors(run));
  }
  return run.options.run().detach()
             ? RunDetached(run, made.spec, std::move(resources))
             : RunForeground(run, made.spec, std::move(resources));
}

}  // namespace

bool RunsOnDirectory(const Options& options) { return options.has_root(); }

absl::StatusOr<cli::Outcome> RootfsRun(const Options& options,
                                       cli::Document& document) {
  if (options.run().detach() && options.run().die_with_parent()) {
    return absl::InvalidArgumentError(
        "--die-with-parent: a detached container outlives its caller");
  }
  Run run(options, document);
  CLEAT_RETURN_IF_ERROR(ReadSections(run));
  CLEAT_ASSIGN_OR_RETURN(run.instance, document.Instance());
  run.sources.id = run.instance->id();
  CLEAT_RETURN_IF_ERROR(TakeNamespaces(run));
  CLEAT_RETURN_IF_ERROR(ChooseIdMaps(run));
  CLEAT_RETURN_IF_ERROR(TakeRights(run));
  CLEAT_RETURN_IF_ERROR(MakeUpper(run));
  CLEAT_ASSIGN_OR_RETURN(const bool begun, BeginCgroup(run));
  return Execute(run, begun);
}

}  // namespace cleat::stage
