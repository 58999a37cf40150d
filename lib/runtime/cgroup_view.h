#ifndef CLEAT_LIB_RUNTIME_CGROUP_VIEW_H_
#define CLEAT_LIB_RUNTIME_CGROUP_VIEW_H_

#include <vector>

#include "absl/status/status.h"
#include "lib/procfs/cgroup.h"
#include "lib/procfs/mountinfo.h"
#include "lib/runtime/plan.h"
#include "lib/sys/child.h"
#include "lib/sys/fd.h"

// What a container without a cgroup namespace of its own sees of its groups, as
// with Docker: its own group in each hierarchy, and on a machine that has but
// the unified one all of that.
//
// They are bound where the host shows them. Where it does not, a new mount may
// not be made in the first cgroup namespace: its options become the
// hierarchy's, so that the host would lose nsdelegate and
// memory_recursiveprot (Linux, kernel/cgroup/cgroup.c, cgroup_get_tree), and
// the change waits for a grace period of RCU.

namespace cleat::runtime {

// Whether a mount shows groups.
bool IsOfCgroups(const MountPlan& mount);

// Binds the host's mount instead, where `cgroups` is but the unified hierarchy
// and `mounts` has it.
void BindHostsGroups(const std::vector<procfs::CgroupMembership>& cgroups,
                     const std::vector<procfs::Mount>& mounts, Plan* plan);

// As the first process, which is in its groups: makes the cgroup namespace that
// the container has, or one to mount its groups in. Returns the namespace to
// return to then; invalid where there is none.
sys::Fd EnterCgroupNamespace(const Plan& plan, const sys::ChildReport& report);

}  // namespace cleat::runtime

#endif  // CLEAT_LIB_RUNTIME_CGROUP_VIEW_H_
