#include "lib/stage/cgset.h"

#include "lib/base/status_macros.h"
#include "lib/cgroup/apply.h"
#include "lib/cgroup/check.h"
#include "lib/cgroup/limits.h"
#include "lib/cgroup/make.h"
#include "proto/cgroup.table.h"

namespace cleat::stage {
namespace {

absl::StatusOr<proto::CgroupState> Make(const proto::CgroupSpec& spec,
                                        cli::Document& document) {
  CLEAT_ASSIGN_OR_RETURN(journal::Instance * instance, document.Instance());
  return cgroup::Make(instance->id(), spec, [&](const std::string& directory) {
    proto::Step step;
    step.set_tool("cgset");
    step.set_cgroup(directory);
    return instance->Record(step);
  });
}

}  // namespace

absl::Status Cgset(const proto::CgsetOptions& options,
                   cli::Document& document) {
  CLEAT_ASSIGN_OR_RETURN(proto::Cgroup section,
                         document.Get<proto::Cgroup>("cgroup"));
  *section.mutable_spec() = cgroup::Merge(section.spec(), options.spec());
  if (options.filter().defer()) {
    CLEAT_RETURN_IF_ERROR(cgroup::CheckSpec(section.spec()));
  } else if (section.has_state()) {
    CLEAT_RETURN_IF_ERROR(cgroup::Update(section.state(), section.spec()));
  } else {
    CLEAT_ASSIGN_OR_RETURN(*section.mutable_state(),
                           Make(section.spec(), document));
  }
  document.Set("cgroup", section);
  return absl::OkStatus();
}

}  // namespace cleat::stage
