#include "lib/cgroup/make.h"

#include "lib/base/status_macros.h"
#include "lib/cgroup/apply.h"
#include "lib/cgroup/create.h"
#include "lib/cgroup/machine.h"
#include "lib/cgroup/plan.h"

namespace cleat::cgroup {

absl::StatusOr<proto::CgroupState> Make(
    absl::string_view id, const proto::CgroupSpec& spec,
    absl::FunctionRef<absl::Status(const std::string& directory)> record) {
  CLEAT_ASSIGN_OR_RETURN(const Machine machine, FindMachine());
  CLEAT_ASSIGN_OR_RETURN(proto::CgroupState state, Plan(machine, id, spec));
  for (const proto::CgroupDirectory& directory : state.directories()) {
    CLEAT_RETURN_IF_ERROR(record(directory.path()));
  }
  CLEAT_RETURN_IF_ERROR(Create(state));
  CLEAT_RETURN_IF_ERROR(Apply(state, spec));
  return state;
}

}  // namespace cleat::cgroup
