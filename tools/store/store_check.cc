// store-check: recomputes what a store says of itself.

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/base/status_macros.h"
#include "lib/cli/delivery.h"
#include "lib/cli/tool.h"
#include "lib/pb/json.h"
#include "lib/stage/store_users.h"
#include "lib/store/check_store.h"
#include "lib/store/own_form.h"
#include "proto/store.table.h"

namespace cleat {
namespace {

std::string Line(const proto::StoreFinding& finding) {
  std::string line = absl::StrCat(finding.path(), ": ", finding.problem());
  if (finding.needed_by_size() > 0) {
    absl::StrAppend(&line, " (needed by ",
                    absl::StrJoin(finding.needed_by(), ", "), ")");
  }
  if (finding.repaired()) {
    absl::StrAppend(&line, ": repaired");
  } else if (finding.repairable()) {
    absl::StrAppend(&line, ": --repair helps");
  }
  return line;
}

// What was found is told, and then fails.
absl::Status StoreCheck(const proto::StoreCheckOptions& options,
                        std::string* /*output*/) {
  const std::string root = cli::StorePath(options.query().common());
  CLEAT_ASSIGN_OR_RETURN(const store::StoreForm form, store::OwnForm(root));
  if (!options.fast()) CLEAT_RETURN_IF_ERROR(store::EnterForm(form));
  CLEAT_ASSIGN_OR_RETURN(
      const store::CheckResult result,
      store::CheckStore(
          root, {stage::ContainerIds, options.repair(), options.fast()}));
  std::string output;
  for (const proto::StoreFinding& finding : result.findings) {
    absl::StrAppend(
        &output, options.query().json() ? pb::ToJson(finding) : Line(finding),
        "\n");
  }
  if (options.verbose() && !options.query().json()) {
    for (const std::string& note : result.notes) {
      absl::StrAppend(&output, note, "\n");
    }
  }
  if (!output.empty()) CLEAT_RETURN_IF_ERROR(cli::Deliver(output, {}));
  if (result.sound()) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat(
      "check store ", root, ": ", result.findings.size(), " things are wrong"));
}

}  // namespace

CLEAT_QUERY(proto::StoreCheckOptions, StoreCheck);

}  // namespace cleat
