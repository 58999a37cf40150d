// ns-enter: runs a program in namespaces that exist.

#include "lib/base/status_macros.h"
#include "lib/cli/tool.h"
#include "lib/ns/enter_options.h"
#include "lib/stage/namespace_source.h"
#include "proto/ns_tools.table.h"

namespace cleat {
namespace {

using Options = proto::NsEnterOptions;

absl::StatusOr<int> NsEnter(const Options& options) {
  CLEAT_ASSIGN_OR_RETURN(
      ns::Source source,
      stage::NamespaceSource(pb::ToolOf<Options>(), options.target()));
  CLEAT_ASSIGN_OR_RETURN(ns::EnterPlan plan,
                         ns::MakeEnterPlan(options, std::move(source)));
  return ns::Enter(std::move(plan),
                   {options.program().begin(), options.program().end()});
}

}  // namespace

CLEAT_WRAPPER(proto::NsEnterOptions, NsEnter);

}  // namespace cleat
