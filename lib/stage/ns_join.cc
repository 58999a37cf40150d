#include "lib/stage/ns_join.h"

#include <stdlib.h>
#include <unistd.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/cli/tool.h"
#include "lib/journal/names.h"
#include "lib/journal/need.h"
#include "lib/journal/process.h"
#include "lib/journal/state_root.h"
#include "lib/ns/choice.h"
#include "lib/stage/namespace_source.h"
#include "lib/sys/file.h"
#include "lib/sys/nsfs.h"
#include "proto/namespaces.table.h"
#include "proto/ns_tools.table.h"

namespace cleat::stage {
namespace {

using Options = proto::NsJoinOptions;

// Where the namespaces come from, and the id of the container that they are of.
struct From {
  ns::Source source;
  std::string container;
};

// A container's name or id; what is none is a file with its document.
absl::StatusOr<std::string> ResolveFrom(const std::string& root,
                                        const std::string& from) {
  const absl::StatusOr<std::string> id = journal::Resolve(root, from);
  if (!absl::IsNotFound(id.status()) || !sys::Exists(from)) return id;
  CLEAT_ASSIGN_OR_RETURN(const std::vector<cli::Document> documents,
                         cli::ReadDocuments(pb::ToolOf<Options>(), from));
  if (documents.size() == 1 && documents[0].envelope().has_id()) {
    return documents[0].envelope().id();
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "--from ", from, ": the document of one container is expected"));
}

absl::StatusOr<From> FindFrom(const Options& options) {
  From from;
  if (options.has_from() + options.has_target() + options.has_pin() > 1) {
    return absl::InvalidArgumentError(
        "--from, --target and --pin exclude each other");
  }
  if (options.has_from()) {
    CLEAT_ASSIGN_OR_RETURN(const std::string root, journal::StateRoot());
    CLEAT_ASSIGN_OR_RETURN(from.container, ResolveFrom(root, options.from()));
    CLEAT_ASSIGN_OR_RETURN(const journal::Instance instance,
                           journal::Instance::Open(root, from.container));
    CLEAT_ASSIGN_OR_RETURN(from.source, NamespaceSourceOf(instance));
  }
  if (options.has_target()) {
    CLEAT_ASSIGN_OR_RETURN(from.source.target,
                           ns::Target::Parse(options.target()));
  }
  if (options.has_pin()) {
    CLEAT_ASSIGN_OR_RETURN(from.source, NamespaceSourceOfPin(options.pin()));
  }
  return from;
}

// As other processes will open it. A link is left as it is: where a pin is held
// by a process, it leads to a descriptor and has no name of its own.
std::string AbsolutePath(const std::string& path) {
  if (absl::StartsWith(path, "/")) return path;
  char* const directory = realpath(".", nullptr);
  const std::string absolute =
      absl::StrCat(directory == nullptr ? "" : directory, "/", path);
  free(directory);
  return absolute;
}

// Numbers are found once more as what they were found at.
absl::Status CheckIsPath(const ns::OpenedNamespace& one) {
  if (sys::Exists(one.name)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(one.kind->name, " namespace ", one.name,
                   ": give a file, --target or --pin: nothing keeps a number"));
}

absl::StatusOr<proto::NamespaceState> StateOf(const ns::OpenedNamespace& one,
                                              const From& from) {
  CLEAT_RETURN_IF_ERROR(CheckIsPath(one));
  proto::NamespaceState state;
  state.set_kind(std::string(one.kind->name));
  state.set_path(AbsolutePath(one.name));
  CLEAT_ASSIGN_OR_RETURN(const uint64_t inode,
                         sys::NamespaceInode(one.fd.get()));
  state.set_inode(static_cast<int64_t>(inode));
  const absl::optional<ns::Target>& target = from.source.target;
  if (target.has_value() && absl::StartsWith(one.name, target->Path("ns/"))) {
    CLEAT_ASSIGN_OR_RETURN(*state.mutable_holder(),
                           journal::IdentifyProcess(target->pid()));
    CLEAT_RETURN_IF_ERROR(target->Check());
  }
  if (!from.container.empty()) state.set_container(from.container);
  return state;
}

// One of a kind: the last that was asked for.
void Replace(const proto::NamespaceState& state,
             proto::NamespacesState& states) {
  for (proto::NamespaceState& other : *states.mutable_namespaces()) {
    if (other.kind() != state.kind()) continue;
    other = state;
    return;
  }
  *states.add_namespaces() = state;
}

// An ordinary user has the rights over the others only where he is root: in the
// user namespace that owns them.
void AddUserNamespace(ns::Source& source, ns::JoinPlan& plan) {
  const ns::Kind& user = *ns::FindKindOfFlag(CLONE_NEWUSER);
  if (geteuid() != 0 && ns::IsWorthEntering(user, source)) {
    ns::TakeOfSource(user, source, plan);
  }
}

// A container's root is mounted in a mount namespace of its own.
absl::StatusOr<std::vector<ns::OpenedNamespace>> OpenChosen(
    const Options& options, From& from) {
  if (options.choice().has_mount()) {
    return absl::InvalidArgumentError(
        "--mount: a container always has a mount namespace of its own");
  }
  CLEAT_ASSIGN_OR_RETURN(
      ns::JoinPlan plan,
      ns::Choose(options.choice(), /*whole=*/false, from.source));
  plan.Remove(CLONE_NEWNS);
  if (plan.Flags() != 0) AddUserNamespace(from.source, plan);
  if (plan.Flags() != 0) return ns::OpenAll(std::move(plan), from.source);
  return absl::InvalidArgumentError(
      "no namespace is named (--net, --ipc, …, or --all)");
}

}  // namespace

absl::Status NsJoin(const Options& options, cli::Document& document) {
  CLEAT_ASSIGN_OR_RETURN(From from, FindFrom(options));
  CLEAT_ASSIGN_OR_RETURN(const std::vector<ns::OpenedNamespace> opened,
                         OpenChosen(options, from));
  CLEAT_ASSIGN_OR_RETURN(auto section,
                         document.Get<proto::Namespaces>("namespaces"));
  for (const ns::OpenedNamespace& one : opened) {
    CLEAT_ASSIGN_OR_RETURN(const proto::NamespaceState state,
                           StateOf(one, from));
    Replace(state, *section.mutable_state());
  }
  if (!from.container.empty() && !options.filter().defer()) {
    CLEAT_ASSIGN_OR_RETURN(journal::Instance* const instance,
                           document.Instance());
    CLEAT_RETURN_IF_ERROR(
        journal::RecordNeed(*instance, "ns-join", from.container));
  }
  document.Set("namespaces", section);
  return absl::OkStatus();
}

}  // namespace cleat::stage
