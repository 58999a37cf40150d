#include "lib/stage/run_effects.h"

#include "lib/base/status_macros.h"
#include "lib/cgroup/make.h"
#include "lib/journal/process.h"
#include "lib/mount/root.h"
#include "lib/store/own_form.h"

namespace cleat::stage {
namespace {

// What is thrown away with the container needs no syncing.
bool IsThrownAway(const proto::RootfsRunOptions& options) {
  return !options.run().detach() && !options.has_emit() &&
         !options.filter().keep();
}

}  // namespace

absl::Status TakeRights(const Run& run) {
  CLEAT_ASSIGN_OR_RETURN(const store::StoreForm form,
                         store::OwnForm(run.rootfs.spec().store()));
  return store::EnterForm(form);
}

absl::Status MakeUpper(Run& run) {
  if (!mount::NeedsUpper(run.rootfs)) return absl::OkStatus();
  const std::string parent = mount::UpperParent(run.rootfs, run.instance->id());
  proto::Step step = NewStep();
  step.set_directory(parent);
  CLEAT_RETURN_IF_ERROR(run.instance->Record(step));
  return mount::MakeUpper(parent, run.rootfs.spec(),
                          run.rootfs.mutable_state());
}

absl::Status MakeCgroup(Run& run) {
  if (!run.cgroup.has_spec() || run.cgroup.has_state()) return absl::OkStatus();
  CLEAT_ASSIGN_OR_RETURN(*run.cgroup.mutable_state(),
                         cgroup::Make(run.instance->id(), run.cgroup.spec(),
                                      [&](const std::string& directory) {
                                        proto::Step step = NewStep();
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

absl::Status RecordProcess(const Run& run, const proto::ProcessId& id) {
  proto::Step step = NewStep();
  *step.mutable_process() = id;
  return run.instance->Record(step);
}

absl::Status RecordChild(const Run& run, pid_t pid, proto::ProcessId* id) {
  CLEAT_ASSIGN_OR_RETURN(*id, journal::IdentifyProcess(pid));
  return RecordProcess(run, *id);
}

}  // namespace cleat::stage
