#include "lib/cli/current_process.h"

#include "lib/base/status_macros.h"
#include "lib/cgroup/freeze.h"
#include "lib/journal/process.h"
#include "lib/runtime/exit_file.h"
#include "proto/cgroup.table.h"
#include "proto/process.table.h"

namespace cleat::cli {
namespace {

absl::StatusOr<Document> LastDocument(const journal::Instance& instance) {
  const absl::StatusOr<std::string> json = instance.ReadDocument();
  if (json.ok()) return Document::Parse(*json);
  if (!absl::IsNotFound(json.status())) return json.status();
  Document document;
  document.envelope().set_id(instance.id());
  if (!instance.name().empty()) document.envelope().set_name(instance.name());
  for (const auto& [key, value] : instance.labels()) {
    (*document.envelope().mutable_labels())[key] = value;
  }
  return document;
}

absl::Status Refresh(const journal::Instance& instance,
                     proto::ProcessState* state) {
  if (!state->has_init()) return absl::OkStatus();
  const absl::StatusOr<proto::ProcessState> end =
      runtime::ReadExit(instance.directory());
  if (end.ok()) {
    state->set_exit_status(end->exit_status());
    state->set_finished_at(end->finished_at());
  } else if (!absl::IsNotFound(end.status())) {
    return end.status();
  }
  const bool runs =
      !end.ok() && instance.from_this_boot() && journal::IsAlive(state->init());
  state->set_status(runs ? "running" : "stopped");
  return absl::OkStatus();
}

// Of a container that runs: whether it is frozen. What has no group, or one
// that cannot be frozen, is not.
absl::StatusOr<bool> IsPaused(const Document& document) {
  CLEAT_ASSIGN_OR_RETURN(const auto cgroup,
                         document.Get<proto::Cgroup>("cgroup"));
  const absl::StatusOr<std::string> group =
      cgroup::FreezableGroup(cgroup.state());
  return group.ok() && cgroup::IsFrozen(*group).value_or(false);
}

}  // namespace

bool IsRunning(const proto::ProcessState& state) {
  return state.status() == "running" || state.status() == "paused";
}

absl::StatusOr<Document> CurrentDocument(const journal::Instance& instance) {
  CLEAT_ASSIGN_OR_RETURN(Document document, LastDocument(instance));
  if (!document.Has("process")) return document;
  CLEAT_ASSIGN_OR_RETURN(proto::Process process,
                         document.Get<proto::Process>("process"));
  if (process.has_state()) {
    CLEAT_RETURN_IF_ERROR(Refresh(instance, process.mutable_state()));
  }
  if (process.state().status() == "running") {
    CLEAT_ASSIGN_OR_RETURN(const bool paused, IsPaused(document));
    if (paused) process.mutable_state()->set_status("paused");
  }
  document.Set("process", process);
  return document;
}

absl::StatusOr<proto::Process> CurrentProcess(
    const journal::Instance& instance) {
  CLEAT_ASSIGN_OR_RETURN(const Document document, CurrentDocument(instance));
  return document.Get<proto::Process>("process");
}

}  // namespace cleat::cli
