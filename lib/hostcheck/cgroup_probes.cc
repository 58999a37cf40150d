#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/cgroup/machine.h"
#include "lib/cgroup/plan.h"
#include "lib/hostcheck/probes.h"

namespace cleat::hostcheck {
namespace {

// Plans groups with these limits, which looks at all that making them needs;
// the detail is where they would be.
Finding ProbeLimits(const proto::CgroupSpec& spec) {
  const auto machine = cgroup::FindMachine();
  if (!machine.ok()) return FindingOf(machine.status());
  const auto state = cgroup::Plan(*machine, "host-check", spec);
  return FindingOf(state.status(), "", state.ok() ? state->path() : "");
}

}  // namespace

Finding ProbeMemory(const Host&) {
  proto::CgroupSpec spec;
  spec.set_memory_max_bytes(int64_t{64} << 20);
  return ProbeLimits(spec);
}

Finding ProbeCpu(const Host&) {
  proto::CgroupSpec spec;
  spec.set_cpu_nanos(1000000000);
  return ProbeLimits(spec);
}

Finding ProbePids(const Host&) {
  proto::CgroupSpec spec;
  spec.set_pids_max(100);
  return ProbeLimits(spec);
}

Finding ProbeCpuset(const Host&) {
  proto::CgroupSpec spec;
  spec.set_cpuset_cpus("0");
  return ProbeLimits(spec);
}

// Each group of v2 has it, and those of v1's own hierarchy.
Finding ProbeFreezer(const Host&) {
  const auto machine = cgroup::FindMachine();
  if (!machine.ok()) return FindingOf(machine.status());
  const auto state = cgroup::Plan(*machine, "host-check", proto::CgroupSpec());
  if (!state.ok()) return FindingOf(state.status());
  for (const proto::CgroupDirectory& directory : state->directories()) {
    if (directory.unified()) return Works(directory.path());
    for (const std::string& name : directory.controllers()) {
      if (name == "freezer") return Works(directory.path());
    }
  }
  return Fails("no group of the caller's own can be frozen",
               "run this as root or in a delegated group: systemd-run --user "
               "--scope -p Delegate=yes");
}

}  // namespace cleat::hostcheck
