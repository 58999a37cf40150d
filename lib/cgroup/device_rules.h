#ifndef CLEAT_LIB_CGROUP_DEVICE_RULES_H_
#define CLEAT_LIB_CGROUP_DEVICE_RULES_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/repeated_field.h"
#include "proto/cgroup.pb.h"
#include "proto/oci_runtime.pb.h"

namespace cleat::cgroup {

using DeviceRules = google::protobuf::RepeatedPtrField<proto::oci::DeviceRule>;

// "c 1:3 rwm", "b 8:* r", "a", "deny c 10:200 rwm": docker run's
// --device-cgroup-rule, and what forbids. kInvalidArgument says what would be
// right.
absl::StatusOr<proto::oci::DeviceRule> ParseDeviceRule(absl::string_view text);

// The rules that --device and --device-cgroup-rule of a spec say, in this
// order; none when it has neither. What they do not say is forbidden, but for
// a spec whose rules only forbid.
absl::StatusOr<DeviceRules> DeviceRulesOf(const proto::CgroupSpec& spec);

// The same for a container, which has rules of its own that these follow.
absl::StatusOr<DeviceRules> AddedDeviceRules(const proto::CgroupSpec& spec);

}  // namespace cleat::cgroup

#endif  // CLEAT_LIB_CGROUP_DEVICE_RULES_H_
