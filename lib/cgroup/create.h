#ifndef CLEAT_LIB_CGROUP_CREATE_H_
#define CLEAT_LIB_CGROUP_CREATE_H_

#include "absl/status/status.h"
#include "proto/cgroup.pb.h"

namespace cleat::cgroup {

// Makes the directories of a plan, ready for processes: on v1 a cpuset gets
// the CPUs and memory nodes of its parent, on v2 the controllers are enabled
// down the path. What is there already is no error. On an error some
// directories may have been made: Remove takes them away.
// kFailedPrecondition when processes in a v2 group forbid controllers below.
absl::Status Create(const proto::CgroupState& state);

}  // namespace cleat::cgroup

#endif  // CLEAT_LIB_CGROUP_CREATE_H_
