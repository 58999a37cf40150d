// store-gc: removes from a store what nothing needs.

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "lib/base/status_macros.h"
#include "lib/cli/delivery.h"
#include "lib/cli/tool.h"
#include "lib/stage/store_users.h"
#include "lib/store/collect_garbage.h"
#include "proto/store.table.h"

namespace cleat {
namespace {

absl::Duration AgeOf(const proto::StoreGcOptions& options) {
  return options.has_older_than() ? absl::Microseconds(options.older_than())
                                  : absl::Hours(1);
}

// What was removed is told even when something else then failed.
absl::Status StoreGc(const proto::StoreGcOptions& options,
                     std::string* /*output*/) {
  const std::string root = cli::StorePath(options.common());
  store::GarbageOptions garbage;
  garbage.before = absl::Now() - AgeOf(options);
  garbage.containers = stage::ContainerIds;
  garbage.dry_run = options.dry_run();
  CLEAT_ASSIGN_OR_RETURN(stage::StoreUsers users, stage::FindStoreUsers(root));
  garbage.keep = std::move(users.layers);
  std::vector<std::string> done;
  absl::Status status = store::CollectGarbage(root, garbage, &done);
  if (!done.empty()) {
    status.Update(
        cli::Deliver(absl::StrCat(absl::StrJoin(done, "\n"), "\n"), {}));
  }
  return status;
}

}  // namespace

CLEAT_QUERY(proto::StoreGcOptions, StoreGc);

}  // namespace cleat
