// cgremove: removes cgroups with all below them.

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "lib/base/status_macros.h"
#include "lib/cgroup/processes.h"
#include "lib/cgroup/remove.h"
#include "lib/cli/cgroups.h"
#include "lib/cli/tool.h"
#include "proto/cgroup_query.table.h"

namespace cleat {
namespace {

using Options = proto::CgremoveOptions;

constexpr absl::Duration kPatience = absl::Seconds(10);

absl::Status Cgremove(const Options& options) {
  const absl::Duration timeout = options.has_timeout_us()
                                     ? absl::Microseconds(options.timeout_us())
                                     : kPatience;
  const bool kill = options.kill();
  const auto remove = [timeout, kill](const cgstat::Group& group) {
    if (kill) {
      CLEAT_RETURN_IF_ERROR(cgroup::CheckRemovable(group.Paths()));
      CLEAT_RETURN_IF_ERROR(cli::CheckIsOutside(group));
      CLEAT_RETURN_IF_ERROR(cgroup::KillAll(group.Paths(), timeout));
    }
    absl::Status status = cgroup::RemoveUnused(group.Paths(), timeout);
    if (kill || !absl::IsFailedPrecondition(status)) return status;
    return absl::FailedPreconditionError(
        absl::StrCat(status.message(), " (--kill ends them)"));
  };
  return cli::ForEachGroup(pb::ToolOf<Options>(), options.selection(), remove);
}

}  // namespace

CLEAT_DATA(proto::CgremoveOptions, Cgremove);

}  // namespace cleat
