#include "lib/stage/run_namespaces.h"

#include "lib/base/status_macros.h"
#include "lib/journal/need.h"
#include "lib/ns/source.h"

namespace cleat::stage {
namespace {

absl::Status EnterUserNamespace(const proto::NamespaceState& state) {
  ns::JoinPlan plan;
  CLEAT_ASSIGN_OR_RETURN(ns::OpenedNamespace user, ns::OpenKept(state));
  plan.Put(std::move(user));
  return ns::Join(plan);
}

}  // namespace

absl::Status TakeNamespaces(Run& run) {
  for (const proto::NamespaceState& state :
       run.namespaces.state().namespaces()) {
    if (state.has_container()) {
      CLEAT_RETURN_IF_ERROR(
          journal::RecordNeed(*run.instance, "rootfs-run", state.container()));
    }
    CLEAT_ASSIGN_OR_RETURN(run.joined.emplace_back(), ns::OpenKept(state));
    if (state.kind() != "user") continue;
    CLEAT_RETURN_IF_ERROR(EnterUserNamespace(state));
    run.in_joined_user_namespace = true;
  }
  return absl::OkStatus();
}

}  // namespace cleat::stage
