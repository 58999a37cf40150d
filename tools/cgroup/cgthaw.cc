// cgthaw: lets the processes of frozen cgroups go on.

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "lib/base/status_macros.h"
#include "lib/cgroup/freeze.h"
#include "lib/cli/cgroups.h"
#include "lib/cli/tool.h"
#include "proto/cgroup_query.table.h"

namespace cleat {
namespace {

using Options = proto::CgthawOptions;

absl::Status Cgthaw(const Options& options) {
  const absl::Duration timeout = options.has_timeout_us()
                                     ? absl::Microseconds(options.timeout_us())
                                     : cgroup::kFreezePatience;
  const auto thaw = [timeout](const cgstat::Group& group) -> absl::Status {
    for (const std::string& directory :
         cgroup::FreezableGroups(group.Paths())) {
      CLEAT_RETURN_IF_ERROR(cgroup::Thaw(directory, timeout));
    }
    return absl::OkStatus();
  };
  return cli::ForEachGroup(pb::ToolOf<Options>(), options.selection(), thaw);
}

}  // namespace

CLEAT_DATA(proto::CgthawOptions, Cgthaw);

}  // namespace cleat
