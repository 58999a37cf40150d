#ifndef CLEAT_LIB_CGROUP_PLAN_H_
#define CLEAT_LIB_CGROUP_PLAN_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/cgroup/machine.h"
#include "proto/cgroup.pb.h"

namespace cleat::cgroup {

// The groups that a container gets: cleat-<id> in every hierarchy, so that its
// /proc/1/cgroup shows one path throughout, as under Docker and crun. Below
// the hierarchy's root where that may be written to; else below the caller's
// own group, or on v2 the nearest group above it that may have children with
// controllers ("no internal processes"). A hierarchy that cannot be written to
// is left out unless the limits need it. Of one that is delegated only the own
// group counts.
//
// Makes nothing: each directory can be recorded before Create makes it.
// Errors: kInvalidArgument as CheckSpec or for an id that is no file name;
// kFailedPrecondition for a controller that is missing or that may not be
// used, naming it and the cure, and for a limit that the version of its
// controller lacks. With best_effort of the spec such limits are left out and
// `warnings`, which may be null, says which.
absl::StatusOr<proto::CgroupState> Plan(
    const Machine& machine, absl::string_view id, const proto::CgroupSpec& spec,
    std::vector<std::string>* warnings = nullptr);

// The group at `path`, "/a/b", in every hierarchy that can have it: "/" is a
// hierarchy's root as far as it is mounted. It may be there already. A path
// that begins with a mount's, as "/sys/fs/cgroup/cpu/a", is of that hierarchy
// alone. Errors as above; kInvalidArgument also for a path with "." or "..".
absl::StatusOr<proto::CgroupState> PlanPath(
    const Machine& machine, absl::string_view path,
    const proto::CgroupSpec& spec,
    std::vector<std::string>* warnings = nullptr);

// The group <id> in each group of `parent`.
absl::StatusOr<proto::CgroupState> PlanBelow(
    const Machine& machine, const proto::CgroupState& parent,
    absl::string_view id, const proto::CgroupSpec& spec,
    std::vector<std::string>* warnings = nullptr);

}  // namespace cleat::cgroup

#endif  // CLEAT_LIB_CGROUP_PLAN_H_
