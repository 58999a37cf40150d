#include "lib/stage/make_scope.h"

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/cgroup/scope.h"
#include "lib/ns/hold_open.h"
#include "lib/systemd/scope.h"

namespace cleat::stage {

absl::StatusOr<cgroup::Machine> MakeScope(
    const std::string& id, const std::string& slice,
    absl::FunctionRef<absl::Status(proto::Step step)> record) {
  CLEAT_ASSIGN_OR_RETURN(const ns::HoldingProcess holder,
                         ns::HoldOpen({}, "cgset-scope"));
  proto::Step step;
  *step.mutable_process() = holder.id;
  CLEAT_RETURN_IF_ERROR(record(step));
  const pid_t pid = holder.id.pid();
  const std::string unit = absl::StrCat("cleat-", id, ".scope");
  CLEAT_RETURN_IF_ERROR(systemd::StartScope(
      {unit, absl::StrCat("Cleat container ", id.substr(0, 12)), slice, pid}));
  CLEAT_ASSIGN_OR_RETURN(const cgroup::Machine scope,
                         cgroup::FindScope(unit, absl::StrCat(pid)));
  CLEAT_RETURN_IF_ERROR(cgroup::MakeRoom(scope, pid));
  CLEAT_ASSIGN_OR_RETURN(const cgroup::Machine self, cgroup::FindMachine());
  CLEAT_RETURN_IF_ERROR(cgroup::CheckEntrance(scope, self));
  return scope;
}

}  // namespace cleat::stage
