#ifndef CLEAT_LIB_CGROUP_PLAN_H_
#define CLEAT_LIB_CGROUP_PLAN_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/cgroup/machine.h"
#include "proto/cgroup.pb.h"

namespace cleat::cgroup {

// The groups that a container gets: cleat/<id> in every hierarchy, so that its
// /proc/1/cgroup shows one path throughout, as under Docker and crun. Below
// the hierarchy's root where that may be written to; else below the caller's
// own group, or on v2 the nearest group above it that may have children with
// controllers ("no internal processes"). A hierarchy that cannot be written to
// is left out unless the limits need it.
//
// Makes nothing: each directory can be recorded before Create makes it.
// Errors: kInvalidArgument as CheckSpec or for an id that is no file name;
// kFailedPrecondition for a controller that is missing or that may not be
// used, naming it and the cure.
absl::StatusOr<proto::CgroupState> Plan(const Machine& machine,
                                        absl::string_view id,
                                        const proto::CgroupSpec& spec);

}  // namespace cleat::cgroup

#endif  // CLEAT_LIB_CGROUP_PLAN_H_
