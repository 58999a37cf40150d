#include "lib/stage/run_namespaces.h"

#include <sched.h>

#include "lib/base/status_macros.h"
#include "lib/journal/need.h"
#include "lib/ns/source.h"
#include "lib/sys/errno.h"

namespace cleat::stage {
namespace {

// The right to mount is one over a mount namespace that the user namespace
// owns.
absl::Status EnterUserNamespace(const proto::NamespaceState& state) {
  ns::JoinPlan plan;
  CLEAT_ASSIGN_OR_RETURN(ns::OpenedNamespace user, ns::OpenKept(state));
  plan.Put(std::move(user));
  CLEAT_RETURN_IF_ERROR(ns::Join(plan));
  if (unshare(CLONE_NEWNS) == 0) return absl::OkStatus();
  return sys::ErrnoError("make mount namespace");
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
