#include "lib/runtime/cgroup_view.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>

#include <algorithm>

namespace cleat::runtime {
namespace {

bool StaysInHosts(const Plan& plan) {
  return !plan.cgroup_namespace && !plan.Joins(CLONE_NEWCGROUP);
}

// The one on top, of the hierarchy's root.
const procfs::Mount* FindUnified(const std::vector<procfs::Mount>& mounts) {
  const auto found = std::find_if(
      mounts.rbegin(), mounts.rend(), [](const procfs::Mount& mount) {
        return mount.type == "cgroup2" && mount.root == "/";
      });
  return found == mounts.rend() ? nullptr : &*found;
}

}  // namespace

bool IsOfCgroups(const MountPlan& mount) {
  return mount.type == "cgroup" || mount.type == "cgroup2";
}

void BindHostsGroups(const std::vector<procfs::CgroupMembership>& cgroups,
                     const std::vector<procfs::Mount>& mounts, Plan* plan) {
  if (!StaysInHosts(*plan)) return;
  if (cgroups.size() != 1 || !cgroups[0].unified()) return;
  const procfs::Mount* const hosts = FindUnified(mounts);
  if (hosts == nullptr) return;
  for (MountPlan& mount : plan->mounts) {
    if (!IsOfCgroups(mount)) continue;
    mount.type = "bind";
    mount.group.clear();
    mount.source = hosts->target;
    mount.options.bind = true;
    if (mount.options.propagation == 0) {
      mount.options.propagation = MS_PRIVATE | MS_REC;
    }
  }
}

sys::Fd EnterCgroupNamespace(const Plan& plan, const sys::ChildReport& report) {
  const bool shown =
      std::any_of(plan.mounts.begin(), plan.mounts.end(), IsOfCgroups);
  sys::Fd hosts;
  if (StaysInHosts(plan) && shown) {
    hosts.Reset(open("/proc/self/ns/cgroup", O_RDONLY | O_CLOEXEC));
    // Who may not come back may not mount there either.
    if (hosts.valid() && setns(hosts.get(), CLONE_NEWCGROUP) != 0) {
      hosts.Reset();
    }
  }
  if (!plan.cgroup_namespace && !hosts.valid()) return hosts;
  // Its root is the group that its maker is in.
  report.Check(unshare(CLONE_NEWCGROUP), "make cgroup namespace");
  return hosts;
}

}  // namespace cleat::runtime
