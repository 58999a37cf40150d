#include "lib/cgroup/make.h"

#include <unistd.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/base/trace.h"
#include "lib/cgroup/apply.h"
#include "lib/cgroup/create.h"
#include "lib/cgroup/device_rules.h"
#include "lib/cgroup/devices.h"
#include "lib/cgroup/machine.h"
#include "lib/cgroup/plan.h"
#include "lib/cgroup/realtime.h"
#include "lib/sys/file.h"

namespace cleat::cgroup {

namespace {

using Recorder = absl::FunctionRef<absl::Status(const std::string& directory)>;

// The groups of v2, or those of v1.
absl::Status CreateRecorded(const proto::CgroupState& state, bool unified,
                            Recorder record) {
  proto::CgroupState part;
  for (const proto::CgroupDirectory& directory : state.directories()) {
    if (directory.unified() != unified) continue;
    CLEAT_RETURN_IF_ERROR(record(directory.path()));
    *part.add_directories() = directory;
  }
  return Create(part);
}

// v1's controller wherever it is; else the unified hierarchy.
bool HoldsDevices(const Machine& machine, const Hierarchy& hierarchy) {
  return machine.Find("devices") != nullptr ? hierarchy.Has("devices")
                                            : hierarchy.unified;
}

absl::Status MakeThreaded(const proto::CgroupState& state,
                          const std::vector<std::string>& made) {
  for (const proto::CgroupDirectory& directory : state.directories()) {
    const bool is_new =
        std::find(made.begin(), made.end(), directory.path()) != made.end();
    if (!directory.unified() || !is_new) continue;
    const std::string file = absl::StrCat(directory.path(), "/cgroup.type");
    trace::Span span("make cgroup threaded", file);
    CLEAT_RETURN_IF_ERROR(sys::WriteExisting(file, "threaded"));
  }
  return absl::OkStatus();
}

absl::Status SetUp(const proto::CgroupState& state,
                   const proto::CgroupSpec& spec, bool threaded,
                   std::vector<std::string>* made, Then then,
                   Warnings* warnings) {
  CLEAT_RETURN_IF_ERROR(Create(state, made));
  if (threaded) CLEAT_RETURN_IF_ERROR(MakeThreaded(state, *made));
  CLEAT_RETURN_IF_ERROR(AllowRealTime(state, spec));
  return Update(state, spec, warnings, [&] { return then(state); });
}

// v2 takes only these for groups of threads (cgroup-v2.rst, "Threads").
void KeepThreaded(proto::CgroupState& state) {
  constexpr absl::string_view kThreaded[] = {"cpu", "cpuset", "perf_event",
                                             "pids"};
  for (proto::CgroupDirectory& directory : *state.mutable_directories()) {
    if (!directory.unified()) continue;
    auto& names = *directory.mutable_controllers();
    names.erase(std::remove_if(names.begin(), names.end(),
                               [&](const std::string& name) {
                                 return std::find(std::begin(kThreaded),
                                                  std::end(kThreaded),
                                                  name) == std::end(kThreaded);
                               }),
                names.end());
  }
}

}  // namespace

absl::StatusOr<proto::CgroupState> PlanAt(const Place& place,
                                          const proto::CgroupSpec& spec,
                                          std::vector<std::string>* warnings) {
  Machine machine;
  if (place.machine != nullptr) {
    machine = *place.machine;
  } else {
    CLEAT_ASSIGN_OR_RETURN(machine, FindMachine());
  }
  if (!place.path.empty()) {
    return PlanPath(machine, place.path, spec, warnings);
  }
  if (place.parent != nullptr) {
    return PlanBelow(machine, *place.parent, place.id, spec, warnings);
  }
  return Plan(machine, place.id, spec, warnings);
}

absl::StatusOr<proto::CgroupState> Make(const Place& place,
                                        const proto::CgroupSpec& spec,
                                        Recorder record, Warnings* warnings) {
  CLEAT_ASSIGN_OR_RETURN(proto::CgroupState state,
                         Begin(place, spec, record, warnings));
  CLEAT_RETURN_IF_ERROR(Complete(state, spec, record, warnings));
  return state;
}

absl::StatusOr<proto::CgroupState> Begin(const Place& place,
                                         const proto::CgroupSpec& spec,
                                         Recorder record, Warnings* warnings) {
  CLEAT_ASSIGN_OR_RETURN(proto::CgroupState state,
                         PlanAt(place, spec, warnings));
  CLEAT_RETURN_IF_ERROR(CreateRecorded(state, /*unified=*/true, record));
  return state;
}

absl::Status Complete(const proto::CgroupState& state,
                      const proto::CgroupSpec& spec, Recorder record,
                      Warnings* warnings) {
  CLEAT_RETURN_IF_ERROR(CreateRecorded(state, /*unified=*/false, record));
  CLEAT_RETURN_IF_ERROR(AllowRealTime(state, spec));
  CLEAT_RETURN_IF_ERROR(Apply(state, spec, warnings));
  return SetRules(state, spec, warnings);
}

absl::Status MakeAt(const Place& place, const proto::CgroupSpec& spec,
                    bool threaded, Then then, Warnings* warnings) {
  CLEAT_ASSIGN_OR_RETURN(proto::CgroupState state,
                         PlanAt(place, spec, nullptr));
  if (threaded) KeepThreaded(state);
  std::vector<std::string> made;
  const absl::Status status =
      SetUp(state, spec, threaded, &made, then, warnings);
  if (status.ok()) return status;
  // Children first; nobody has had the time to enter.
  for (auto group = made.rbegin(); group != made.rend(); ++group) {
    rmdir(group->c_str());
  }
  return status;
}

absl::Status SetRules(const proto::CgroupState& state,
                      const proto::CgroupSpec& spec, Warnings* warnings) {
  CLEAT_ASSIGN_OR_RETURN(const DeviceRules rules, DeviceRulesOf(spec));
  if (rules.empty()) return absl::OkStatus();
  const absl::Status status = SetDevices(state, rules);
  if (!absl::IsFailedPrecondition(status) || !spec.best_effort()) return status;
  if (warnings != nullptr) warnings->push_back(std::string(status.message()));
  return absl::OkStatus();
}

absl::StatusOr<proto::CgroupState> BeginForDevices(absl::string_view id,
                                                   Recorder record) {
  CLEAT_ASSIGN_OR_RETURN(const Machine machine, FindMachine());
  Machine part;
  for (const Hierarchy& hierarchy : machine.hierarchies) {
    if (HoldsDevices(machine, hierarchy)) part.hierarchies.push_back(hierarchy);
  }
  CLEAT_ASSIGN_OR_RETURN(proto::CgroupState state, Plan(part, id, {}));
  CLEAT_RETURN_IF_ERROR(CreateRecorded(state, /*unified=*/true, record));
  return state;
}

}  // namespace cleat::cgroup
