#include "lib/cgroup/make.h"

#include "lib/base/status_macros.h"
#include "lib/cgroup/apply.h"
#include "lib/cgroup/create.h"
#include "lib/cgroup/machine.h"
#include "lib/cgroup/plan.h"

namespace cleat::cgroup {

namespace {

using Recorder = absl::FunctionRef<absl::Status(const std::string& directory)>;

absl::Status CreateRecorded(const proto::CgroupState& state, Recorder record) {
  for (const proto::CgroupDirectory& directory : state.directories()) {
    CLEAT_RETURN_IF_ERROR(record(directory.path()));
  }
  return Create(state);
}

// v1's controller wherever it is; else the unified hierarchy.
bool HoldsDevices(const Machine& machine, const Hierarchy& hierarchy) {
  return machine.Find("devices") != nullptr ? hierarchy.Has("devices")
                                            : hierarchy.unified;
}

}  // namespace

absl::StatusOr<proto::CgroupState> Make(absl::string_view id,
                                        const proto::CgroupSpec& spec,
                                        Recorder record) {
  CLEAT_ASSIGN_OR_RETURN(const Machine machine, FindMachine());
  CLEAT_ASSIGN_OR_RETURN(proto::CgroupState state, Plan(machine, id, spec));
  CLEAT_RETURN_IF_ERROR(CreateRecorded(state, record));
  CLEAT_RETURN_IF_ERROR(Apply(state, spec));
  return state;
}

absl::StatusOr<proto::CgroupState> MakeForDevices(absl::string_view id,
                                                  Recorder record) {
  CLEAT_ASSIGN_OR_RETURN(const Machine machine, FindMachine());
  Machine part;
  for (const Hierarchy& hierarchy : machine.hierarchies) {
    if (HoldsDevices(machine, hierarchy)) part.hierarchies.push_back(hierarchy);
  }
  CLEAT_ASSIGN_OR_RETURN(proto::CgroupState state, Plan(part, id, {}));
  CLEAT_RETURN_IF_ERROR(CreateRecorded(state, record));
  return state;
}

}  // namespace cleat::cgroup
