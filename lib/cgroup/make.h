#ifndef CLEAT_LIB_CGROUP_MAKE_H_
#define CLEAT_LIB_CGROUP_MAKE_H_

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/cgroup/machine.h"
#include "proto/cgroup.pb.h"

namespace cleat::cgroup {

// Where a group is to be.
struct Place {
  // cleat-<id>, or below `parent`, which may be null, <id> in its groups.
  std::string id = {};
  const proto::CgroupState* parent = nullptr;
  // Or this path in all hierarchies, where it may be there already.
  std::string path = {};
  // The hierarchies; null: as this process sees them.
  const Machine* machine = nullptr;
};

absl::StatusOr<proto::CgroupState> PlanAt(const Place& place,
                                          const proto::CgroupSpec& spec,
                                          std::vector<std::string>* warnings);

// A container's cgroup from nothing: finds the machine's hierarchies, plans,
// calls `record` with each directory, and only then creates them and sets the
// limits and the rules on devices. Errors as of Plan, Create, Apply and
// SetDevices, and those of `record`; what has been made then is for the caller
// to remove, who has it recorded. `warnings`, which may be null, as of Apply.
absl::StatusOr<proto::CgroupState> Make(
    const Place& place, const proto::CgroupSpec& spec,
    absl::FunctionRef<absl::Status(const std::string& directory)> record,
    std::vector<std::string>* warnings = nullptr);

// Make in two parts, for whom the second can wait until the process is there:
// Begin plans all and makes the groups of v2, in which a process is born;
// Complete makes those of v1 and sets limits and rules.
absl::StatusOr<proto::CgroupState> Begin(
    const Place& place, const proto::CgroupSpec& spec,
    absl::FunctionRef<absl::Status(const std::string& directory)> record,
    std::vector<std::string>* warnings = nullptr);
absl::Status Complete(
    const proto::CgroupState& state, const proto::CgroupSpec& spec,
    absl::FunctionRef<absl::Status(const std::string& directory)> record,
    std::vector<std::string>* warnings = nullptr);

// What is done once a group has its limits; an error undoes all.
using Then = absl::FunctionRef<absl::Status(const proto::CgroupState& state)>;

// The group at place.path, made where it is not there, and its limits: those
// that it has stay where the spec sets none. Then calls `then`. On an error all
// is as it was. With `threaded` a new group on v2 takes single threads
// (cgroup-v2.rst, "Threads").
absl::Status MakeAt(const Place& place, const proto::CgroupSpec& spec,
                    bool threaded, Then then,
                    std::vector<std::string>* warnings = nullptr);

// The rules on devices that a spec says, if any; best_effort as in Apply.
absl::Status SetRules(const proto::CgroupState& state,
                      const proto::CgroupSpec& spec,
                      std::vector<std::string>* warnings = nullptr);

// Begin without limits: only the group that rules on devices need
// (lib/cgroup/devices.h), so that a container that asks for no group cannot
// open what nodes it makes. No directory where there is no such hierarchy that
// can be written to.
absl::StatusOr<proto::CgroupState> BeginForDevices(
    absl::string_view id,
    absl::FunctionRef<absl::Status(const std::string& directory)> record);

}  // namespace cleat::cgroup

#endif  // CLEAT_LIB_CGROUP_MAKE_H_
