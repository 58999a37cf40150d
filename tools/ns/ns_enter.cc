// ns-enter: runs a program in namespaces that exist.

#include "lib/base/status_macros.h"
#include "lib/cli/containers.h"
#include "lib/cli/current_process.h"
#include "lib/cli/tool.h"
#include "lib/ns/enter_options.h"
#include "proto/namespaces.table.h"
#include "proto/ns_enter.table.h"
#include "proto/process.table.h"

namespace cleat {
namespace {

using Options = proto::NsEnterOptions;

absl::StatusOr<ns::Source> ContainerSource(const Options& options) {
  CLEAT_ASSIGN_OR_RETURN(
      const journal::Instance instance,
      cli::SelectContainer(pb::ToolOf<Options>(), options.id(), "",
                           options.input()));
  CLEAT_ASSIGN_OR_RETURN(const cli::Document document,
                         cli::CurrentDocument(instance));
  CLEAT_ASSIGN_OR_RETURN(const auto process,
                         document.Get<proto::Process>("process"));
  CLEAT_ASSIGN_OR_RETURN(const auto namespaces,
                         document.Get<proto::Namespaces>("namespaces"));
  return ns::SourceOfContainer(process.state(), namespaces.state());
}

absl::StatusOr<ns::Source> FindSource(const Options& options) {
  const int given = options.has_target() + options.has_pidfd() +
                    options.has_id() + options.has_input();
  if (given > 1) {
    return absl::InvalidArgumentError(
        "--target, --pidfd, --id and --input exclude each other");
  }
  if (options.has_id() || options.has_input()) return ContainerSource(options);
  ns::Source source;
  if (options.has_target()) {
    CLEAT_ASSIGN_OR_RETURN(source.target, ns::Target::Parse(options.target()));
  }
  if (options.has_pidfd()) {
    CLEAT_ASSIGN_OR_RETURN(source.target, ns::Target::OfPidfd(options.pidfd()));
  }
  return source;
}

absl::StatusOr<int> NsEnter(const Options& options) {
  CLEAT_ASSIGN_OR_RETURN(ns::Source source, FindSource(options));
  CLEAT_ASSIGN_OR_RETURN(ns::EnterPlan plan,
                         ns::MakeEnterPlan(options, std::move(source)));
  return ns::Enter(std::move(plan),
                   {options.program().begin(), options.program().end()});
}

}  // namespace

CLEAT_WRAPPER(proto::NsEnterOptions, NsEnter);

}  // namespace cleat
