#ifndef CLEAT_LIB_CLI_CGROUPS_H_
#define CLEAT_LIB_CLI_CGROUPS_H_

#include <list>
#include <string>
#include <vector>

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

}  // namespace cleat::cli

#endif  // CLEAT_LIB_CLI_CGROUPS_H_
