#ifndef CLEAT_LIB_STAGE_RUN_IN_GROUP_H_
#define CLEAT_LIB_STAGE_RUN_IN_GROUP_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "proto/cgroup.pb.h"

namespace cleat::stage {

// Runs a program, found by execvp(3), as a child that starts in these groups,
// and waits for it: its exit status, or 128 and the signal that ended it.
// Signals sent to this process are passed on; one that ends this process
// without a word ends the child. An error has sys::kExitStatusPayload when the
// program could not be run.
absl::StatusOr<int> RunInGroup(const proto::CgroupState& state,
                               std::vector<std::string> program);

}  // namespace cleat::stage

#endif  // CLEAT_LIB_STAGE_RUN_IN_GROUP_H_
