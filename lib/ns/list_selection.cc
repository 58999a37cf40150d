#include "lib/ns/list_selection.h"

#include <algorithm>
#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "lib/base/status_macros.h"
#include "lib/procfs/kernel_link.h"

namespace cleat::ns {
namespace {

// The kernel's highest pid (PID_MAX_LIMIT, linux/threads.h). The inode numbers
// of namespaces begin far above it (PROC_DYNAMIC_FIRST, fs/proc/generic.c).
constexpr uint64_t kHighestPid = 4 << 20;

const ProcessNamespaces* FindProcess(const Survey& survey, pid_t pid) {
  const auto place = std::find_if(
      survey.processes.begin(), survey.processes.end(),
      [&](const ProcessNamespaces& process) { return process.pid == pid; });
  return place == survey.processes.end() ? nullptr : &*place;
}

absl::Status AddNamespacesOf(const Survey& survey, int64_t pid,
                             absl::flat_hash_set<uint64_t>* inodes) {
  const ProcessNamespaces* const process =
      FindProcess(survey, static_cast<pid_t>(pid));
  if (process == nullptr) {
    return absl::NotFoundError(
        absl::StrCat("process ", pid, ": none that this user may look into"));
  }
  inodes->insert(process->inodes.begin(), process->inodes.end());
  return absl::OkStatus();
}

// "4026531992", "net:[4026531992]", ":4711". Null when it is not there.
const Namespace* FindNamespace(const Survey& survey, absl::string_view text) {
  uint64_t number;
  if (absl::ConsumePrefix(&text, ":")) {
    if (!absl::SimpleAtoi(text, &number) || number == 0) return nullptr;
    const auto place = std::find_if(
        survey.namespaces.begin(), survey.namespaces.end(),
        [&](const Namespace& found) { return found.id == number; });
    return place == survey.namespaces.end() ? nullptr : &*place;
  }
  if (absl::SimpleAtoi(text, &number)) return survey.Find(number);
  const auto link = procfs::ParseKernelLink(text);
  const Namespace* const found = link ? survey.Find(link->number) : nullptr;
  return found != nullptr && found->kind == FindKind(link->name) ? found
                                                                 : nullptr;
}

// What the operands name, by inode number.
struct Operands {
  absl::flat_hash_set<uint64_t> of_processes;
  absl::flat_hash_set<uint64_t> namespaces;
};

absl::StatusOr<Operands> FindOperands(const proto::NsListOptions& options,
                                      const Survey& survey) {
  Operands operands;
  if (options.has_task()) {
    CLEAT_RETURN_IF_ERROR(
        AddNamespacesOf(survey, options.task(), &operands.of_processes));
  }
  for (const std::string& text : options.selected()) {
    int64_t pid;
    if (absl::SimpleAtoi(text, &pid) && pid <= int64_t{kHighestPid}) {
      CLEAT_RETURN_IF_ERROR(
          AddNamespacesOf(survey, pid, &operands.of_processes));
      continue;
    }
    const Namespace* const found = FindNamespace(survey, text);
    if (found == nullptr) {
      return absl::NotFoundError(absl::StrCat(
          text,
          ": no such namespace (its inode number, KIND:[INODE] or :ID), "
          "or none that this user may see"));
    }
    operands.namespaces.insert(found->inode);
  }
  return operands;
}

bool IsChosen(const Namespace& found, const proto::NsListOptions& options,
              uint64_t kinds, const Operands& operands) {
  const bool all = operands.of_processes.empty() && operands.namespaces.empty();
  return (found.kind->flag & kinds) != 0 &&
         (!options.persistent() || found.processes == 0) &&
         (all || operands.of_processes.contains(found.inode) ||
          operands.namespaces.contains(found.inode));
}

std::vector<ProcessNamespaces> Members(
    const Survey& survey, const absl::flat_hash_set<uint64_t>& inodes) {
  std::vector<ProcessNamespaces> members;
  std::copy_if(survey.processes.begin(), survey.processes.end(),
               std::back_inserter(members),
               [&](const ProcessNamespaces& process) {
                 return std::any_of(
                     process.inodes.begin(), process.inodes.end(),
                     [&](uint64_t inode) { return inodes.contains(inode); });
               });
  return members;
}

}  // namespace

absl::StatusOr<uint64_t> SelectedKinds(const proto::NsListOptions& options) {
  uint64_t kinds = 0;
  for (const std::string& name : options.type()) {
    const Kind* const kind = FindKind(name);
    if (kind == nullptr) {
      return absl::InvalidArgumentError(absl::StrCat(
          "--type=", name,
          ": user, mnt, net, pid, ipc, uts, cgroup or time is expected"));
    }
    kinds |= kind->flag;
  }
  if (kinds != 0) return kinds;
  for (const Kind& kind : kKinds) kinds |= kind.flag;
  return kinds;
}

absl::StatusOr<ListSelection> Select(const proto::NsListOptions& options,
                                     const Survey& survey, uint64_t kinds) {
  CLEAT_ASSIGN_OR_RETURN(const Operands operands,
                         FindOperands(options, survey));
  ListSelection selection;
  for (const Namespace& found : survey.namespaces) {
    if (IsChosen(found, options, kinds, operands)) {
      selection.namespaces.push_back(&found);
    }
  }
  // What is asked for columns or a tree is about namespaces.
  if (!operands.namespaces.empty() && operands.of_processes.empty() &&
      !options.has_output() && !options.output_all() && !options.has_tree()) {
    selection.processes = Members(survey, operands.namespaces);
    selection.show_processes = !selection.processes.empty();
  }
  return selection;
}

}  // namespace cleat::ns
