// container-list: the containers of this machine.

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/base/status_macros.h"
#include "lib/cli/current_process.h"
#include "lib/cli/table.h"
#include "lib/cli/tool.h"
#include "lib/journal/select.h"
#include "proto/lifecycle.table.h"

namespace cleat {
namespace {

using journal::Instance;

constexpr size_t kShortId = 12;
constexpr size_t kCommandWidth = 40;

std::string StatusText(const proto::Process& process) {
  const proto::ProcessState& state = process.state();
  if (!state.has_status()) return "prepared";
  if (!state.has_exit_status()) return state.status();
  return absl::StrCat(state.status(), " (", state.exit_status(), ")");
}

std::string PidText(const proto::ProcessState& state) {
  return cli::IsRunning(state) ? absl::StrCat(state.init().pid()) : "-";
}

// What runs or ran; of what has not begun, what is asked for.
std::string CommandText(const proto::Process& process) {
  const auto& args = process.state().args_size() > 0 ? process.state().args()
                                                     : process.spec().args();
  const std::string command = absl::StrJoin(args, " ");
  return command.empty() ? "-" : command.substr(0, kCommandWidth);
}

absl::Status AppendRow(const Instance& instance, cli::Table* table) {
  CLEAT_ASSIGN_OR_RETURN(const proto::Process process,
                         cli::CurrentProcess(instance));
  CLEAT_ASSIGN_OR_RETURN(const bool kept, instance.Kept());
  table->AddRow({instance.id().substr(0, kShortId),
                 instance.name().empty() ? "-" : instance.name(),
                 StatusText(process), PidText(process.state()),
                 kept ? "yes" : "no", instance.created().substr(0, 19),
                 CommandText(process)});
  return absl::OkStatus();
}

absl::StatusOr<std::string> ToTable(const std::vector<Instance>& instances) {
  cli::Table table(
      {"ID", "NAME", "STATUS", "PID", "KEPT", "CREATED", "COMMAND"});
  for (const Instance& instance : instances) {
    const absl::Status added = AppendRow(instance, &table);
    // It may have ended meanwhile.
    if (!absl::IsNotFound(added)) CLEAT_RETURN_IF_ERROR(added);
  }
  return table.ToString();
}

absl::StatusOr<std::string> ToJson(const std::vector<Instance>& instances) {
  std::string lines;
  for (const Instance& instance : instances) {
    CLEAT_ASSIGN_OR_RETURN(const cli::Document document,
                           cli::CurrentDocument(instance));
    absl::StrAppend(&lines, document.ToJson(), "\n");
  }
  return lines;
}

std::string ToIds(const std::vector<Instance>& instances) {
  std::string lines;
  for (const Instance& instance : instances) {
    absl::StrAppend(&lines, instance.id(), "\n");
  }
  return lines;
}

absl::Status ContainerList(const proto::ContainerListOptions& options,
                           std::string* output) {
  CLEAT_ASSIGN_OR_RETURN(const std::string root, journal::StateRoot());
  CLEAT_ASSIGN_OR_RETURN(
      const std::vector<Instance> instances,
      options.label_size() == 0
          ? journal::SelectAll(root)
          : journal::SelectByLabels(
                root, {options.label().begin(), options.label().end()}));
  if (options.quiet()) {
    *output = ToIds(instances);
    return absl::OkStatus();
  }
  CLEAT_ASSIGN_OR_RETURN(
      *output, options.query().json() ? ToJson(instances) : ToTable(instances));
  return absl::OkStatus();
}

}  // namespace

CLEAT_QUERY(proto::ContainerListOptions, ContainerList);

}  // namespace cleat
