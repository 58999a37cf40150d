#ifndef CLEAT_LIB_CGROUP_CHECK_H_
#define CLEAT_LIB_CGROUP_CHECK_H_

#include "absl/status/status.h"
#include "proto/cgroup.pb.h"

namespace cleat::cgroup {

// Refuses what Docker refuses, what this machine's CPUs cannot give and what
// contradicts itself: kInvalidArgument names the flag and what would be right.
absl::Status CheckSpec(const proto::CgroupSpec& spec);

}  // namespace cleat::cgroup

#endif  // CLEAT_LIB_CGROUP_CHECK_H_
