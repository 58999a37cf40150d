// cgfreeze: stops all processes of cgroups where they are.

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "lib/base/status_macros.h"
#include "lib/cgroup/freeze.h"
#include "lib/cli/cgroups.h"
#include "lib/cli/tool.h"
#include "proto/cgroup_query.table.h"

namespace cleat {
namespace {

using Options = proto::CgfreezeOptions;

absl::Status Cgfreeze(const Options& options) {
  const absl::Duration timeout = options.has_timeout_us()
                                     ? absl::Microseconds(options.timeout_us())
                                     : cgroup::kFreezePatience;
  const auto freeze = [timeout](const cgstat::Group& group) -> absl::Status {
    const std::vector<std::string> directories =
        cgroup::FreezableGroups(group.Paths());
    if (directories.empty()) {
      return absl::FailedPreconditionError(absl::StrCat(
          "freeze cgroup ", group.path,
          ": none of its hierarchies can (v1's freezer, or v2 from Linux 5.2 "
          "on, and no hierarchy's root)"));
    }
    CLEAT_RETURN_IF_ERROR(cli::CheckIsOutside(group));
    // One is enough where all have the same members, which nobody promises.
    for (const std::string& directory : directories) {
      CLEAT_RETURN_IF_ERROR(cgroup::Freeze(directory, timeout));
    }
    return absl::OkStatus();
  };
  return cli::ForEachGroup(pb::ToolOf<Options>(), options.selection(), freeze);
}

}  // namespace

CLEAT_DATA(proto::CgfreezeOptions, Cgfreeze);

}  // namespace cleat
