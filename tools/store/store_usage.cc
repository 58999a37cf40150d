// store-usage: what a store's images, layers and leftovers take.

#include "lib/store/store_usage.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/base/human.h"
#include "lib/base/status_macros.h"
#include "lib/cli/table.h"
#include "lib/cli/tool.h"
#include "lib/pb/json.h"
#include "lib/stage/store_users.h"
#include "proto/store.table.h"

namespace cleat {
namespace {

using Items = std::vector<proto::StoreItemUsage>;

std::string ShortId(const std::string& id) {
  constexpr size_t kPrefix = sizeof("sha256:") - 1;
  return id.substr(kPrefix, 12);
}

template <typename Messages>
std::string ToJsonLines(const Messages& messages) {
  std::string lines;
  for (const auto& message : messages) {
    absl::StrAppend(&lines, pb::ToJson(message), "\n");
  }
  return lines;
}

std::string TypesTable(const store::Usage& usage) {
  cli::Table table({"TYPE", "TOTAL", "ACTIVE", "SIZE", "RECLAIMABLE"});
  for (const proto::StoreUsage& type : usage.types) {
    table.AddRow({type.type(), absl::StrCat(type.total()),
                  absl::StrCat(type.active()), FormatDecimalBytes(type.size()),
                  FormatDecimalBytes(type.reclaimable())});
  }
  return table.ToString();
}

std::string ImagesTable(const Items& images) {
  cli::Table table(
      {"IMAGE ID", "SIZE", "SHARED", "UNIQUE", "CONTAINERS", "NAMES"});
  for (const proto::StoreItemUsage& image : images) {
    table.AddRow(
        {ShortId(image.id()), FormatDecimalBytes(image.size()),
         FormatDecimalBytes(image.shared()), FormatDecimalBytes(image.unique()),
         absl::StrCat(image.users()), absl::StrJoin(image.names(), ",")});
  }
  return table.ToString();
}

std::string LayersTable(const Items& layers) {
  cli::Table table({"CHAINID", "SIZE", "IMAGES"});
  for (const proto::StoreItemUsage& layer : layers) {
    table.AddRow({layer.id(), FormatDecimalBytes(layer.size()),
                  absl::StrCat(layer.users())});
  }
  return table.ToString();
}

absl::Status StoreUsage(const proto::StoreUsageOptions& options,
                        std::string* output) {
  if (options.images() && options.layers()) {
    return absl::InvalidArgumentError(
        "--images and --layers are two tables: choose one");
  }
  const std::string root = cli::StorePath(options.query().common());
  CLEAT_ASSIGN_OR_RETURN(const stage::StoreUsers users,
                         stage::FindStoreUsers(root));
  CLEAT_ASSIGN_OR_RETURN(const store::Usage usage,
                         store::ReadUsage(root, users.images));
  const bool json = options.query().json();
  if (options.images()) {
    *output = json ? ToJsonLines(usage.images) : ImagesTable(usage.images);
  } else if (options.layers()) {
    *output = json ? ToJsonLines(usage.layers) : LayersTable(usage.layers);
  } else {
    *output = json ? ToJsonLines(usage.types) : TypesTable(usage);
  }
  return absl::OkStatus();
}

}  // namespace

CLEAT_QUERY(proto::StoreUsageOptions, StoreUsage);

}  // namespace cleat
