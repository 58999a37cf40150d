// cgkill: ends all processes of cgroups.

#include <signal.h>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "lib/base/status_macros.h"
#include "lib/cgroup/processes.h"
#include "lib/cli/cgroups.h"
#include "lib/cli/tool.h"
#include "lib/sys/signal.h"
#include "proto/cgroup_query.table.h"

namespace cleat {
namespace {

using Options = proto::CgkillOptions;

constexpr absl::Duration kPatience = absl::Seconds(10);

absl::StatusOr<int> Signal(const Options& options) {
  if (!options.has_signal()) return SIGKILL;
  const absl::StatusOr<int> signal = sys::SignalNumber(options.signal());
  if (signal.ok()) return signal;
  return absl::InvalidArgumentError(
      absl::StrCat("--signal: ", signal.status().message()));
}

absl::Status Cgkill(const Options& options) {
  CLEAT_ASSIGN_OR_RETURN(const int signal, Signal(options));
  const absl::Duration timeout = options.has_timeout_us()
                                     ? absl::Microseconds(options.timeout_us())
                                     : kPatience;
  return cli::ForEachGroup(
      pb::ToolOf<Options>(), options.selection(),
      [signal, timeout](const cgstat::Group& group) -> absl::Status {
        CLEAT_RETURN_IF_ERROR(cli::CheckIsOutside(group));
        return signal == SIGKILL ? cgroup::KillAll(group.Paths(), timeout)
                                 : cgroup::Kill(group.Paths(), signal);
      });
}

}  // namespace

CLEAT_DATA(proto::CgkillOptions, Cgkill);

}  // namespace cleat
