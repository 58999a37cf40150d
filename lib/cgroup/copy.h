#ifndef CLEAT_LIB_CGROUP_COPY_H_
#define CLEAT_LIB_CGROUP_COPY_H_

#include <sys/types.h>

#include <string>

#include "absl/status/statusor.h"
#include "proto/cgroup.pb.h"

namespace cleat::cgroup {

// The limits of the groups that process `pid` is in, those of the groups above
// them not counted; what the kernel sets by itself is no limit. Reads below
// <root>. kNotFound when there is no such process.
absl::StatusOr<proto::CgroupSpec> CopySpec(pid_t pid,
                                           const std::string& root = "");

}  // namespace cleat::cgroup

#endif  // CLEAT_LIB_CGROUP_COPY_H_
