#ifndef CLEAT_LIB_CGROUP_CREATE_H_
#define CLEAT_LIB_CGROUP_CREATE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "proto/cgroup.pb.h"

namespace cleat::cgroup {

// Makes the directories of a plan with all between them and their base, ready
// for processes: on v1 a cpuset gets the CPUs and memory nodes of its parent,
// on v2 the controllers are enabled down the path. What is there already is no
// error. What is made is appended to `made`, which may be null, parents first.
// On an error some directories may have been made: Remove takes them away.
// kFailedPrecondition when processes in a v2 group forbid controllers below.
absl::Status Create(const proto::CgroupState& state,
                    std::vector<std::string>* made = nullptr);

}  // namespace cleat::cgroup

#endif  // CLEAT_LIB_CGROUP_CREATE_H_
