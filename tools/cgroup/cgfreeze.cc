// cgfreeze: stops all processes of cgroups where they are.

#include <sys/types.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "lib/base/status_macros.h"
#include "lib/cgroup/freeze.h"
#include "lib/cgroup/processes.h"
#include "lib/cli/cgroups.h"
#include "lib/cli/tool.h"
#include "proto/cgroup_query.table.h"

namespace cleat {
namespace {

using Options = proto::CgfreezeOptions;

// One is enough where all have the same members, and a process that is held
// twice must be let go twice.
absl::Status FreezeMembers(const std::vector<std::string>& directories,
                           absl::Duration timeout) {
  std::set<pid_t> held;
  for (const std::string& directory : directories) {
    CLEAT_ASSIGN_OR_RETURN(const std::vector<pid_t> pids,
                           cgroup::Processes(directory));
    const bool has_other =
        std::any_of(pids.begin(), pids.end(),
                    [&](const pid_t pid) { return held.count(pid) == 0; });
    if (!has_other && directory != directories.front()) continue;
    CLEAT_RETURN_IF_ERROR(cgroup::Freeze(directory, timeout));
    held.insert(pids.begin(), pids.end());
  }
  return absl::OkStatus();
}

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
    return FreezeMembers(directories, timeout);
  };
  return cli::ForEachGroup(pb::ToolOf<Options>(), options.selection(), freeze);
}

}  // namespace

CLEAT_DATA(proto::CgfreezeOptions, Cgfreeze);

}  // namespace cleat
