// ns-list: the namespaces of the machine, and what keeps each.

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/cli/current_process.h"
#include "lib/cli/table.h"
#include "lib/cli/tool.h"
#include "lib/journal/select.h"
#include "lib/ns/describe.h"
#include "lib/ns/list_columns.h"
#include "lib/ns/list_selection.h"
#include "lib/ns/list_tree.h"
#include "lib/pb/json.h"
#include "lib/runtime/user.h"
#include "lib/sys/file.h"
#include "lib/tty/window_size.h"
#include "proto/ns_list_options.table.h"

namespace cleat {
namespace {

using Options = proto::NsListOptions;

constexpr size_t kShortId = 12;

ns::NamesOfUsers UserNames() {
  const auto root = sys::Open("/", O_PATH | O_DIRECTORY);
  return root.ok() ? runtime::ReadUserNames(root->get()) : ns::NamesOfUsers();
}

// Of those that run; none where no container's state can be read.
ns::NamesOfContainers ContainerNames() {
  ns::NamesOfContainers names;
  const auto root = journal::StateRoot();
  if (!root.ok()) return names;
  const auto instances = journal::SelectAll(*root);
  if (!instances.ok()) return names;
  for (const journal::Instance& instance : *instances) {
    const auto process = cli::CurrentProcess(instance);
    if (!process.ok() || !cli::IsRunning(process->state())) continue;
    names[static_cast<pid_t>(process->state().init().pid())] =
        instance.name().empty() ? instance.id().substr(0, kShortId)
                                : instance.name();
  }
  return names;
}

// The columns of the terminal that is printed to; 0 where there is none.
size_t TerminalWidth() {
  if (isatty(STDOUT_FILENO) == 0) return 0;
  const auto size = tty::CallersWindowSize();
  return size ? size->ws_col : 0;
}

std::string TableText(const cli::Table& table, const Options& options) {
  const std::string text =
      options.raw()
          ? table.ToRaw()
          : table.ToString(options.notruncate() ? 0 : TerminalWidth());
  return options.noheadings() ? text.substr(text.find('\n') + 1) : text;
}

std::string ColumnsText(const Options& options) {
  cli::Table table({"COLUMN", "HOLDS"});
  for (const auto* column : ns::AllListColumns()) {
    table.AddRow({column->name, column->help});
  }
  return TableText(table, options);
}

// What is printed, and with which names.
class Printer {
 public:
  Printer(const Options& options, const ns::Survey& survey, unsigned details)
      : options_(options),
        users_(UserNames()),
        containers_((details & ns::kDetailContainer) != 0
                        ? ContainerNames()
                        : ns::NamesOfContainers()),
        describer_(survey, details, users_, containers_) {}

  std::string Namespaces(const std::vector<ns::ListLine>& lines,
                         const ns::ListColumns& columns) {
    if (options_.json()) {
      std::string text;
      for (const ns::ListLine& line : lines) {
        absl::StrAppend(&text, pb::ToJson(describer_.Describe(*line.found)),
                        "\n");
      }
      return text;
    }
    std::vector<std::string> heading;
    for (const auto* column : columns) heading.emplace_back(column->name);
    cli::Table table(std::move(heading));
    for (const ns::ListLine& line : lines) AddRow(line, columns, &table);
    return ToText(table);
  }

  std::string Processes(const std::vector<ns::ProcessNamespaces>& processes) {
    std::string json;
    cli::Table table({"PID", "PPID", "NSPID", "USER", "COMMAND"});
    for (const ns::ProcessNamespaces& process : processes) {
      const proto::ListedProcess listed = describer_.Describe(process);
      absl::StrAppend(&json, pb::ToJson(listed), "\n");
      table.AddRow({absl::StrCat(listed.pid()), absl::StrCat(listed.ppid()),
                    ns::LevelsText(listed.nspid()), listed.user(),
                    listed.command()});
    }
    return options_.json() ? json : ToText(table);
  }

 private:
  void AddRow(const ns::ListLine& line, const ns::ListColumns& columns,
              cli::Table* table) {
    const proto::ListedNamespace listed = describer_.Describe(*line.found);
    std::vector<std::string> cells;
    for (const auto* column : columns) {
      const std::string text = column->text(listed);
      cells.push_back(text.empty() ? "-" : text);
    }
    cells.front() = absl::StrCat(line.branch, cells.front());
    table->AddRow(std::move(cells));
  }

  std::string ToText(const cli::Table& table) const {
    return TableText(table, options_);
  }

  const Options& options_;
  ns::NamesOfUsers users_;
  ns::NamesOfContainers containers_;
  ns::Describer describer_;
};

unsigned DetailsOf(const Options& options, const ns::ListColumns& columns) {
  if (options.json()) return ns::kAllDetails;
  unsigned details = 0;
  for (const auto* column : columns) details |= column->details;
  return details;
}

void WarnOfHidden(const ns::Survey& survey) {
  if (survey.hidden == 0) return;
  fprintf(stderr,
          "ns-list: %zu process%s could not be looked into: of other users, or "
          "with more rights\n",
          survey.hidden, survey.hidden == 1 ? "" : "es");
}

absl::Status CheckForms(const Options& options) {
  if (options.json() && options.raw()) {
    return absl::InvalidArgumentError("--json and --raw exclude each other");
  }
  if (options.list() && options.has_tree()) {
    return absl::InvalidArgumentError("--list and --tree exclude each other");
  }
  return absl::OkStatus();
}

absl::Status NsList(const Options& options, std::string* output) {
  CLEAT_RETURN_IF_ERROR(CheckForms(options));
  if (options.list_columns()) {
    *output = ColumnsText(options);
    return absl::OkStatus();
  }
  CLEAT_ASSIGN_OR_RETURN(const ns::ListColumns columns,
                         options.output_all()
                             ? ns::AllListColumns()
                             : ns::ParseListColumns(options.output()));
  CLEAT_ASSIGN_OR_RETURN(const uint64_t kinds, ns::SelectedKinds(options));
  CLEAT_ASSIGN_OR_RETURN(const ns::Survey survey, ns::TakeSurvey(kinds));
  CLEAT_ASSIGN_OR_RETURN(const ns::ListSelection selection,
                         ns::Select(options, survey, kinds));
  WarnOfHidden(survey);
  Printer printer(options, survey, DetailsOf(options, columns));
  if (selection.show_processes) {
    *output = printer.Processes(selection.processes);
    return absl::OkStatus();
  }
  std::vector<ns::ListLine> lines;
  if (options.has_tree()) {
    CLEAT_ASSIGN_OR_RETURN(
        lines, ns::MakeTreeBy(options.tree(), survey, selection.namespaces));
  } else {
    for (const ns::Namespace* found : selection.namespaces) {
      lines.push_back({found, ""});
    }
  }
  *output = printer.Namespaces(lines, columns);
  return absl::OkStatus();
}

}  // namespace

CLEAT_QUERY(proto::NsListOptions, NsList);

}  // namespace cleat
