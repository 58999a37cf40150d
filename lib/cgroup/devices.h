#ifndef CLEAT_LIB_CGROUP_DEVICES_H_
#define CLEAT_LIB_CGROUP_DEVICES_H_

#include <linux/bpf.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/cgroup/device_rules.h"
#include "proto/cgroup.pb.h"

// Which devices a group's processes may open and make nodes of. On v1 the
// devices controller has a list
// (Documentation/admin-guide/cgroup-v1/devices.rst), on v2 a BPF program
// decides (admin-guide/cgroup-v2.rst, "Device controller").

namespace cleat::cgroup {

// Sets the rules, the last one that fits winning, in the place of those set
// before: on v2 all at once, while on v1 what runs in the groups meanwhile may
// be refused what both allow. kFailedPrecondition when none of the groups can
// hold them, or v1 cannot express them: it forgets a rule that forbids part of
// what an earlier one allows. kInvalidArgument for a rule that is none; errors
// name the rule or the file.
absl::Status SetDevices(const proto::CgroupState& state,
                        const DeviceRules& rules);

// The parts of the above.

// A rule as v1's files take it: "c 1:3 rwm", "b *:* m".
absl::StatusOr<std::string> FormatDeviceRule(
    const proto::oci::DeviceRule& rule);

// The rules as a program for v2 (uapi/linux/bpf.h, struct bpf_cgroup_dev_ctx).
std::vector<struct bpf_insn> CompileDeviceRules(const DeviceRules& rules);

}  // namespace cleat::cgroup

#endif  // CLEAT_LIB_CGROUP_DEVICES_H_
