#ifndef CLEAT_LIB_CLI_CGROUPS_H_
#define CLEAT_LIB_CLI_CGROUPS_H_

#include <list>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/cgroup/machine.h"
#include "lib/cgstat/group.h"
#include "lib/pb/table.h"
#include "proto/cgroup_query.pb.h"

// Which groups a command line means.

namespace cleat::cli {

struct SelectedGroups {
  // What the groups point to.
  std::list<cgroup::Machine> machines;
  std::vector<cgstat::Group> groups;
};

// Those of --path, operands, --pid, --id and --input, in this order; with none
// of these, of the containers in the documents on standard input. At least
// one. kNotFound for a group or container that is gone, kFailedPrecondition
// for a container without a group.
absl::StatusOr<SelectedGroups> SelectGroups(
    const pb::Tool& tool, const proto::CgroupSelection& selection);

// Whether the command line names any; otherwise SelectGroups would read
// standard input.
bool NamesGroups(const proto::CgroupSelection& selection);

// All groups of the machine below "/", which is the only one in it.
absl::StatusOr<SelectedGroups> RootGroup();

// Calls `act` for each of them; one that fails keeps none of the others from
// it. All errors in one status.
absl::Status ForEachGroup(
    const pb::Tool& tool, const proto::CgroupSelection& selection,
    absl::FunctionRef<absl::Status(const cgstat::Group& group)> act);

// kFailedPrecondition when this process is in the group or below: what stops
// or ends all in it would not come to its end.
absl::Status CheckIsOutside(const cgstat::Group& group);

}  // namespace cleat::cli

#endif  // CLEAT_LIB_CLI_CGROUPS_H_
