#ifndef CLEAT_LIB_STAGE_MAKE_GROUPS_H_
#define CLEAT_LIB_STAGE_MAKE_GROUPS_H_

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "proto/cgroup.pb.h"
#include "proto/container.pb.h"

namespace cleat::stage {

using StepRecorder = absl::FunctionRef<absl::Status(proto::Step step)>;

// cgroup::Make for the container <id>, below its parent where the spec names
// one, or in a scope of systemd. kNotFound when the parent is gone,
// kFailedPrecondition when it has no group. Each effect is given to `record`
// without the tool's name. What could not be had goes to standard error as
// warnings of `tool`.
absl::StatusOr<proto::CgroupState> MakeGroups(absl::string_view tool,
                                              const std::string& id,
                                              const proto::CgroupSpec& spec,
                                              StepRecorder record);

// The same in two parts, as cgroup::Begin and cgroup::Complete.
absl::StatusOr<proto::CgroupState> BeginGroups(absl::string_view tool,
                                               const std::string& id,
                                               const proto::CgroupSpec& spec,
                                               StepRecorder record);
absl::Status CompleteGroups(absl::string_view tool,
                            const proto::CgroupState& state,
                            const proto::CgroupSpec& spec, StepRecorder record);

// One line each.
void Warn(absl::string_view tool, const std::vector<std::string>& warnings);

}  // namespace cleat::stage

#endif  // CLEAT_LIB_STAGE_MAKE_GROUPS_H_
