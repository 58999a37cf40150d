#include "lib/stage/run_effects.h"

#include "lib/base/status_macros.h"
#include "lib/cgroup/devices.h"
#include "lib/cgroup/make.h"
#include "lib/journal/process.h"
#include "lib/mount/root.h"
#include "lib/stage/make_groups.h"
#include "lib/store/own_form.h"
#include "lib/sys/privilege.h"

namespace cleat::stage {
namespace {

constexpr char kTool[] = "rootfs-run";

// What is thrown away with the container needs no syncing.
bool IsThrownAway(const proto::RootfsRunOptions& options) {
  return !options.run().detach() && !options.has_emit() &&
         !options.filter().keep();
}

// In a user namespace nobody can make nodes; the privileged may use all.
bool GuardsDevices(const Run& run) {
  return sys::InFirstUserNamespace() && !run.process.spec().privileged();
}

auto RecorderOf(const Run& run) {
  return [&run](proto::Step step) {
    step.MergeFrom(NewStep());
    return run.instance->Record(step);
  };
}

auto GroupRecorderOf(const Run& run) {
  return [&run](const std::string& directory) {
    proto::Step step = NewStep();
    step.set_cgroup(directory);
    return run.instance->Record(step);
  };
}

// Where nothing can hold the rules, as inside another container, what is around
// this has its own.
absl::Status SetDeviceRules(const Run& run, const proto::oci::Spec& spec) {
  if (!GuardsDevices(run) || !run.cgroup.has_state()) return absl::OkStatus();
  const absl::Status status = cgroup::SetDevices(
      run.cgroup.state(), spec.linux().resources().devices());
  return absl::IsFailedPrecondition(status) ? absl::OkStatus() : status;
}

}  // namespace

absl::Status TakeRights(const Run& run) {
  if (run.in_joined_user_namespace) return absl::OkStatus();
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
  return mount::MakeUpper(parent, run.rootfs.spec(), run.id_maps,
                          run.rootfs.mutable_state());
}

absl::StatusOr<bool> BeginCgroup(Run& run) {
  if (run.cgroup.has_state()) return false;
  if (!run.cgroup.has_spec() && !GuardsDevices(run)) return false;
  const std::string& id = run.instance->id();
  CLEAT_ASSIGN_OR_RETURN(
      proto::CgroupState state,
      run.cgroup.has_spec()
          ? BeginGroups(kTool, id, run.cgroup.spec(), RecorderOf(run))
          : cgroup::BeginForDevices(id, GroupRecorderOf(run)));
  if (!run.cgroup.has_spec() && state.directories().empty()) return false;
  *run.cgroup.mutable_state() = std::move(state);
  return true;
}

absl::Status CompleteCgroup(const Run& run, bool begun,
                            const proto::oci::Spec& spec) {
  if (begun) {
    CLEAT_RETURN_IF_ERROR(CompleteGroups(kTool, run.cgroup.state(),
                                         run.cgroup.spec(), RecorderOf(run)));
  }
  return SetDeviceRules(run, spec);
}

absl::StatusOr<sys::Fd> MountRoot(const Run& run) {
  proto::Rootfs rootfs = run.rootfs;
  if (IsThrownAway(run.options)) rootfs.mutable_spec()->set_volatile_(true);
  return mount::MountRoot(rootfs, run.id_maps);
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
