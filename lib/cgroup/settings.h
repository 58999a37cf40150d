#ifndef CLEAT_LIB_CGROUP_SETTINGS_H_
#define CLEAT_LIB_CGROUP_SETTINGS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "proto/cgroup.pb.h"

namespace cleat::cgroup {

// One write of one file of a group.
struct Setting {
  // The flag that asked for it.
  absl::string_view field;
  std::string path;
  std::string value;
  // The value that brings back what stood there, once Present has been asked.
  std::string before = {};
  // For the trace what the other version of cgroups would have, of cpu.weight
  // " (on v1: cpu.shares = 1024)"; empty where that is the same.
  std::string elsewhere;
  // As of Limit.
  const char* unset = nullptr;
  bool skippable = false;
  bool verify = false;
};

// What a spec that Normalize returned means for these groups, in the order in
// which a new group takes it.
std::vector<Setting> SettingsOf(const proto::CgroupState& state,
                                const proto::CgroupSpec& spec);

// Whether the groups have what the spec needs: else kFailedPrecondition names
// the controller, or says what its version lacks; with best_effort that goes to
// `warnings`, which may be null.
absl::Status CheckControllers(const proto::CgroupState& state,
                              const proto::CgroupSpec& spec,
                              std::vector<std::string>* warnings);

// The value that stands, as it is written to bring it back. kFailedPrecondition
// when the kernel has no such file.
absl::StatusOr<std::string> Present(const Setting& setting);

// The same setting written; kFailedPrecondition as above, and when the kernel
// took the value but does nothing with it.
absl::Status Write(const Setting& setting);

}  // namespace cleat::cgroup

#endif  // CLEAT_LIB_CGROUP_SETTINGS_H_
