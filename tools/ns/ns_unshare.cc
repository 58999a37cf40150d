// ns-unshare: runs a program in new namespaces, or holds them for a container.

#include "lib/base/status_macros.h"
#include "lib/cli/tool.h"
#include "lib/ns/run_unshared.h"
#include "lib/ns/unshare_options.h"
#include "proto/ns_options.table.h"

namespace cleat {
namespace {

absl::StatusOr<int> NsUnshare(const proto::NsUnshareOptions& options) {
  CLEAT_ASSIGN_OR_RETURN(const ns::UnsharePlan plan,
                         ns::MakeUnsharePlan(options));
  return ns::RunUnshared(plan,
                         {options.program().begin(), options.program().end()});
}

}  // namespace

CLEAT_WRAPPER(proto::NsUnshareOptions, NsUnshare);

}  // namespace cleat
