#ifndef CLEAT_LIB_CGROUP_REALTIME_H_
#define CLEAT_LIB_CGROUP_REALTIME_H_

#include <sys/types.h>

#include <string>

#include "absl/status/status.h"
#include "proto/cgroup.pb.h"

// Real-time programs in groups of v1's cpu controller: a new group has no time
// for them, and they can neither enter it nor become what they are in it
// (Documentation/scheduler/sched-rt-group.rst).

namespace cleat::cgroup {

// Gives the groups between the base and the group of `state` as much time for
// real-time programs as the base has, where the spec asks for some and they
// have none: a group cannot have more than the one above it.
absl::Status AllowRealTime(const proto::CgroupState& state,
                           const proto::CgroupSpec& spec);

// What to tell whoever puts process `pid` (0: this one) into the group: the
// cure when it is, or may become, a real-time program for which the group has
// no time. Empty when all is well.
std::string RealTimeWarning(const proto::CgroupState& state, pid_t pid);

}  // namespace cleat::cgroup

#endif  // CLEAT_LIB_CGROUP_REALTIME_H_
