// container-resume: lets the processes of paused containers go on.

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/cgroup/freeze.h"
#include "lib/cli/current_process.h"
#include "lib/cli/each_container.h"
#include "lib/cli/tool.h"
#include "proto/cgroup.table.h"
#include "proto/container_tools.table.h"
#include "proto/process.table.h"

namespace cleat {
namespace {

using Options = proto::ContainerResumeOptions;

absl::Status Refused(const journal::Instance& instance,
                     absl::string_view reason) {
  return absl::FailedPreconditionError(
      absl::StrCat("container ", cli::DisplayName(instance), reason));
}

absl::Status Resume(const journal::Instance& instance) {
  CLEAT_ASSIGN_OR_RETURN(const cli::Document document,
                         cli::CurrentDocument(instance));
  CLEAT_ASSIGN_OR_RETURN(const auto process,
                         document.Get<proto::Process>("process"));
  const std::string& state = process.state().status();
  if (state != "paused") return Refused(instance, " is not paused");
  CLEAT_ASSIGN_OR_RETURN(const auto cgroup,
                         document.Get<proto::Cgroup>("cgroup"));
  const absl::StatusOr<std::string> group =
      cgroup::FreezableGroup(cgroup.state());
  if (group.ok()) return cgroup::Thaw(*group);
  return Refused(instance, absl::StrCat(": ", group.status().message()));
}

absl::Status ContainerResume(const Options& options) {
  return cli::ForEachContainer(
      pb::ToolOf<Options>(),
      {options.id(), options.containers(), options.input()}, Resume);
}

}  // namespace

CLEAT_DATA(proto::ContainerResumeOptions, ContainerResume);

}  // namespace cleat
