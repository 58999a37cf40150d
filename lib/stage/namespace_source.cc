#include "lib/stage/namespace_source.h"

#include "lib/base/status_macros.h"
#include "lib/cli/containers.h"
#include "lib/cli/current_process.h"
#include "lib/journal/state_root.h"
#include "lib/ns/pin_list.h"
#include "proto/namespaces.table.h"
#include "proto/process.table.h"

namespace cleat::stage {

absl::StatusOr<ns::Source> NamespaceSourceOf(
    const journal::Instance& instance) {
  CLEAT_ASSIGN_OR_RETURN(const cli::Document document,
                         cli::CurrentDocument(instance));
  CLEAT_ASSIGN_OR_RETURN(const auto process,
                         document.Get<proto::Process>("process"));
  CLEAT_ASSIGN_OR_RETURN(const auto namespaces,
                         document.Get<proto::Namespaces>("namespaces"));
  return ns::SourceOfContainer(process.state(), namespaces.state());
}

absl::StatusOr<ns::Source> NamespaceSourceOfPin(const std::string& name) {
  CLEAT_ASSIGN_OR_RETURN(const std::string root, journal::StateRoot());
  return ns::SourceOfPin(root, name);
}

absl::StatusOr<ns::Source> NamespaceSource(
    const pb::Tool& tool, const proto::NamespaceTarget& target) {
  const int given = target.has_target() + target.has_pidfd() + target.has_id() +
                    target.has_input() + target.has_pin();
  if (given > 1) {
    return absl::InvalidArgumentError(
        "--target, --pidfd, --id, --input and --pin exclude each other");
  }
  if (target.has_pin()) return NamespaceSourceOfPin(target.pin());
  if (target.has_id() || target.has_input()) {
    CLEAT_ASSIGN_OR_RETURN(
        const journal::Instance instance,
        cli::SelectContainer(tool, target.id(), "", target.input()));
    return NamespaceSourceOf(instance);
  }
  ns::Source source;
  if (target.has_target()) {
    CLEAT_ASSIGN_OR_RETURN(source.target, ns::Target::Parse(target.target()));
  }
  if (target.has_pidfd()) {
    CLEAT_ASSIGN_OR_RETURN(source.target, ns::Target::OfPidfd(target.pidfd()));
  }
  return source;
}

}  // namespace cleat::stage
