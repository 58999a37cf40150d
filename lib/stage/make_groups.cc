#include "lib/stage/make_groups.h"

#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/cgroup/check.h"
#include "lib/cgroup/machine.h"
#include "lib/cgroup/make.h"
#include "lib/cli/document.h"
#include "lib/journal/names.h"
#include "lib/journal/state_root.h"
#include "lib/stage/make_scope.h"
#include "lib/sys/file.h"
#include "proto/cgroup.table.h"

namespace cleat::stage {
namespace {

absl::StatusOr<proto::CgroupState> GroupOf(const std::string& container) {
  CLEAT_ASSIGN_OR_RETURN(const std::string root, journal::StateRoot());
  CLEAT_ASSIGN_OR_RETURN(const std::string id,
                         journal::Resolve(root, container));
  CLEAT_ASSIGN_OR_RETURN(const journal::Instance instance,
                         journal::Instance::Open(root, id));
  CLEAT_ASSIGN_OR_RETURN(const std::string json, instance.ReadDocument());
  CLEAT_ASSIGN_OR_RETURN(const cli::Document document,
                         cli::Document::Parse(json));
  CLEAT_ASSIGN_OR_RETURN(const proto::Cgroup section,
                         document.Get<proto::Cgroup>("cgroup"));
  if (section.has_state()) return section.state();
  return absl::FailedPreconditionError(absl::StrCat(
      "--parent: container ", container, " has no cgroup (cgset makes it)"));
}

// Enters the directory of a group.
auto OfGroups(StepRecorder record) {
  return [record](const std::string& directory) {
    proto::Step step;
    step.set_cgroup(directory);
    return record(step);
  };
}

}  // namespace

absl::StatusOr<proto::CgroupState> MakeGroups(absl::string_view tool,
                                              const std::string& id,
                                              const proto::CgroupSpec& spec,
                                              StepRecorder record) {
  CLEAT_ASSIGN_OR_RETURN(proto::CgroupState state,
                         BeginGroups(tool, id, spec, record));
  CLEAT_RETURN_IF_ERROR(CompleteGroups(tool, state, spec, record));
  return state;
}

absl::StatusOr<proto::CgroupState> BeginGroups(absl::string_view tool,
                                               const std::string& id,
                                               const proto::CgroupSpec& spec,
                                               StepRecorder record) {
  cgroup::Place place;
  place.id = id;
  cgroup::Machine scope;
  if (spec.systemd()) {
    CLEAT_RETURN_IF_ERROR(cgroup::CheckSpec(spec));
    CLEAT_ASSIGN_OR_RETURN(scope, MakeScope(id, spec.slice(), record));
    place.machine = &scope;
  }
  proto::CgroupState parent;
  if (spec.has_parent()) {
    CLEAT_ASSIGN_OR_RETURN(parent, GroupOf(spec.parent()));
    place.parent = &parent;
  }
  std::vector<std::string> warnings;
  auto state = cgroup::Begin(place, spec, OfGroups(record), &warnings);
  if (state.ok()) Warn(tool, warnings);
  return state;
}

absl::Status CompleteGroups(absl::string_view tool,
                            const proto::CgroupState& state,
                            const proto::CgroupSpec& spec,
                            StepRecorder record) {
  std::vector<std::string> warnings;
  const absl::Status status =
      cgroup::Complete(state, spec, OfGroups(record), &warnings);
  if (status.ok()) Warn(tool, warnings);
  return status;
}

void Warn(absl::string_view tool, const std::vector<std::string>& warnings) {
  for (const std::string& warning : warnings) {
    (void)sys::WriteAll(STDERR_FILENO,
                        absl::StrCat(tool, ": warning: ", warning, "\n"),
                        "standard error");
  }
}

}  // namespace cleat::stage
