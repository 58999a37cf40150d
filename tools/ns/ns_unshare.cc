// ns-unshare: runs a program in new namespaces, or holds them for a container.

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/cli/tool.h"
#include "lib/journal/process.h"
#include "lib/ns/hold_new.h"
#include "lib/ns/kinds.h"
#include "lib/ns/run_unshared.h"
#include "lib/ns/unshare_options.h"
#include "lib/sys/file.h"
#include "lib/sys/nsfs.h"
#include "proto/namespaces.table.h"
#include "proto/ns_options.table.h"

namespace cleat {
namespace {

using Options = proto::NsUnshareOptions;

bool Holds(const Options& options) { return options.hold(); }

absl::StatusOr<int> NsUnshare(const Options& options) {
  const proto::FilterOptions& filter = options.filter();
  if (filter.has_input() || filter.has_output() || filter.has_id() ||
      filter.keep()) {
    return absl::InvalidArgumentError(
        "--input, --output, --id and --keep need --hold");
  }
  CLEAT_ASSIGN_OR_RETURN(const ns::UnsharePlan plan,
                         ns::MakeUnsharePlan(options));
  return ns::RunUnshared(plan,
                         {options.program().begin(), options.program().end()});
}

// What is of a program, or of a file, is of no holder.
absl::Status CheckHold(const Options& options, const ns::UnsharePlan& plan) {
  if (plan.request.flags == 0) {
    return absl::InvalidArgumentError("--hold: no namespace is named");
  }
  if (options.program_size() > 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("--hold runs no program: ", options.program(0)));
  }
  if (!plan.files.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--", plan.files[0].kind->name, "=", plan.files[0].file,
                     ": with --hold a process keeps it (see ns-pin)"));
  }
  if (plan.fork || plan.uid || plan.gid || plan.keep_capabilities ||
      plan.clear_environment || plan.request.owner ||
      !plan.request.root.empty() || !plan.request.directory.empty()) {
    return absl::InvalidArgumentError(
        "--hold takes no option of a program (--fork, --kill-child, --root, "
        "--wd, --setuid, --setgid, --owner, --keep-caps, --clear-env)");
  }
  return absl::OkStatus();
}

absl::Status CheckNone(const proto::NamespacesState& state, uint64_t flags) {
  for (const proto::NamespaceState& one : state.namespaces()) {
    const ns::Kind* kind = ns::FindKind(one.kind());
    if (kind == nullptr || (flags & kind->flag) == 0) continue;
    return absl::FailedPreconditionError(absl::StrCat(
        "the container has a ", one.kind(), " namespace: ", one.path()));
  }
  return absl::OkStatus();
}

absl::StatusOr<proto::NamespaceState> StateOf(const ns::Kind& kind,
                                              const proto::ProcessId& holder) {
  proto::NamespaceState state;
  state.set_kind(std::string(kind.name));
  state.set_path(absl::StrCat("/proc/", holder.pid(), "/ns/", kind.file));
  CLEAT_ASSIGN_OR_RETURN(const sys::Fd fd, sys::Open(state.path(), O_RDONLY));
  CLEAT_ASSIGN_OR_RETURN(const uint64_t inode, sys::NamespaceInode(fd.get()));
  state.set_inode(static_cast<int64_t>(inode));
  *state.mutable_holder() = holder;
  return state;
}

// The process is in the journal before it can outlive this one.
absl::StatusOr<proto::ProcessId> MakeHolder(const ns::Request& request,
                                            cli::Document& document) {
  CLEAT_ASSIGN_OR_RETURN(journal::Instance* const instance,
                         document.Instance());
  CLEAT_ASSIGN_OR_RETURN(ns::NamespaceHolder holder,
                         ns::NamespaceHolder::Make(request));
  proto::Step step;
  step.set_tool("ns-unshare");
  CLEAT_ASSIGN_OR_RETURN(*step.mutable_process(),
                         journal::IdentifyProcess(holder.pid()));
  CLEAT_RETURN_IF_ERROR(instance->Record(step));
  CLEAT_RETURN_IF_ERROR(holder.SetUp());
  return step.process();
}

absl::Status Hold(const Options& options, cli::Document& document) {
  CLEAT_ASSIGN_OR_RETURN(const ns::UnsharePlan plan,
                         ns::MakeUnsharePlan(options));
  CLEAT_RETURN_IF_ERROR(CheckHold(options, plan));
  CLEAT_ASSIGN_OR_RETURN(auto section,
                         document.Get<proto::Namespaces>("namespaces"));
  CLEAT_RETURN_IF_ERROR(CheckNone(section.state(), plan.request.flags));
  CLEAT_ASSIGN_OR_RETURN(const proto::ProcessId holder,
                         MakeHolder(plan.request, document));
  for (const ns::Kind& kind : ns::kKinds) {
    if ((plan.request.flags & kind.flag) == 0) continue;
    CLEAT_ASSIGN_OR_RETURN(*section.mutable_state()->add_namespaces(),
                           StateOf(kind, holder));
  }
  document.Set("namespaces", section);
  return absl::OkStatus();
}

}  // namespace

CLEAT_WRAPPER_OR_FILTER(proto::NsUnshareOptions, NsUnshare, Hold, Holds);

}  // namespace cleat
