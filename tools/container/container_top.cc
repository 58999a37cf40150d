// container-top: the processes of a running container.

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "lib/base/status_macros.h"
#include "lib/base/units.h"
#include "lib/cgroup/processes.h"
#include "lib/cli/current_process.h"
#include "lib/cli/each_container.h"
#include "lib/cli/table.h"
#include "lib/cli/tool.h"
#include "lib/pb/json.h"
#include "lib/runtime/process_list.h"
#include "lib/runtime/ps.h"
#include "proto/cgroup.table.h"
#include "proto/container_tools.table.h"
#include "proto/process.table.h"

namespace cleat {
namespace {

using Options = proto::ContainerTopOptions;
using Processes = std::vector<proto::ContainerProcess>;

// "1:02:03", as ps has it.
std::string CpuTime(int64_t us) {
  const int64_t seconds = us / 1000000;
  return absl::StrFormat("%02d:%02d:%02d", seconds / 3600, seconds / 60 % 60,
                         seconds % 60);
}

std::string ToTable(const Processes& processes) {
  cli::Table table(
      {"PID", "INSIDE", "PPID", "USER", "STATE", "TIME", "RSS", "COMMAND"});
  for (const proto::ContainerProcess& process : processes) {
    table.AddRow({absl::StrCat(process.pid()),
                  absl::StrCat(process.container_pid()),
                  absl::StrCat(process.ppid()), process.user(), process.state(),
                  CpuTime(process.cpu_us()), FormatBytes(process.rss_bytes()),
                  absl::StrJoin(process.args(), " ")});
  }
  return table.ToString();
}

std::string ToJson(const Processes& processes) {
  std::string lines;
  for (const proto::ContainerProcess& process : processes) {
    absl::StrAppend(&lines, pb::ToJson(process), "\n");
  }
  return lines;
}

// The group has those that left the PID namespace, or share the host's.
absl::StatusOr<std::vector<pid_t>> PidsOf(const cli::Document& document,
                                          pid_t init) {
  CLEAT_ASSIGN_OR_RETURN(const auto cgroup,
                         document.Get<proto::Cgroup>("cgroup"));
  const auto& directories = cgroup.state().directories();
  if (directories.empty()) return runtime::NamespaceProcesses(init);
  CLEAT_ASSIGN_OR_RETURN(
      std::vector<pid_t> pids,
      cgroup::Processes(directories[directories.size() - 1].path()));
  std::sort(pids.begin(), pids.end());
  return pids;
}

absl::Status Print(const Options& options, const journal::Instance& instance,
                   const std::vector<std::string>& ps, std::string* output) {
  CLEAT_ASSIGN_OR_RETURN(const cli::Document document,
                         cli::CurrentDocument(instance));
  CLEAT_ASSIGN_OR_RETURN(const auto process,
                         document.Get<proto::Process>("process"));
  if (!cli::IsRunning(process.state())) {
    return absl::FailedPreconditionError(absl::StrCat(
        "container ", cli::DisplayName(instance), " does not run"));
  }
  const pid_t init = process.state().init().pid();
  CLEAT_ASSIGN_OR_RETURN(const std::vector<pid_t> pids, PidsOf(document, init));
  if (!ps.empty()) {
    CLEAT_ASSIGN_OR_RETURN(*output, runtime::RunPs(ps, pids));
    return absl::OkStatus();
  }
  CLEAT_ASSIGN_OR_RETURN(const Processes processes,
                         runtime::DescribeProcesses(init, pids));
  *output = options.query().json() ? ToJson(processes) : ToTable(processes);
  return absl::OkStatus();
}

absl::Status ContainerTop(const Options& options, std::string* output) {
  std::vector<std::string> ps(options.operands().begin(),
                              options.operands().end());
  std::string operand;
  if (!options.has_id() && !options.has_input() && !ps.empty()) {
    operand = ps.front();
    ps.erase(ps.begin());
  }
  CLEAT_ASSIGN_OR_RETURN(
      const journal::Instance instance,
      cli::SelectContainer(pb::ToolOf<Options>(), options.id(), operand,
                           options.input()));
  if (options.query().json() && !ps.empty()) {
    return absl::InvalidArgumentError(
        "--json: not with ps's options, whose output is its own");
  }
  return Print(options, instance, ps, output);
}

}  // namespace

CLEAT_QUERY(proto::ContainerTopOptions, ContainerTop);

}  // namespace cleat
