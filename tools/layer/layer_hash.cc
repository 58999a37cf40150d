// layer-hash: prints what layers' bytes are: DiffID, digest, sizes, type.

#include <fcntl.h>
#include <unistd.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/cli/table.h"
#include "lib/cli/tool.h"
#include "lib/digest/chain_id.h"
#include "lib/layer/unpack.h"
#include "lib/pb/json.h"
#include "proto/layers.table.h"

namespace cleat {
namespace {

absl::StatusOr<proto::HashedLayer> HashFile(const std::string& file) {
  CLEAT_ASSIGN_OR_RETURN(
      const layer::Summary summary,
      file == "-" ? layer::HashDescriptor(STDIN_FILENO) : layer::Hash({file}));
  proto::HashedLayer hashed;
  hashed.set_file(file);
  hashed.set_diff_id(summary.diff_id);
  hashed.set_digest(summary.digest);
  hashed.set_size(summary.size);
  hashed.set_plain_size(summary.plain_size);
  hashed.set_media_type(std::string(layer::MediaType(summary.format)));
  return hashed;
}

cli::Table MakeTable(bool chain) {
  std::vector<std::string> heading = {"DIFFID", "DIGEST", "SIZE", "PLAIN-SIZE",
                                      "MEDIA-TYPE"};
  if (chain) heading.emplace_back("CHAINID");
  heading.emplace_back("FILE");
  return cli::Table(std::move(heading));
}

void AddRow(const proto::HashedLayer& hashed, cli::Table* table) {
  std::vector<std::string> row = {
      hashed.diff_id(), hashed.digest(), absl::StrCat(hashed.size()),
      absl::StrCat(hashed.plain_size()), hashed.media_type()};
  if (hashed.has_chain_id()) row.push_back(hashed.chain_id());
  row.push_back(hashed.file());
  table->AddRow(std::move(row));
}

std::vector<std::string> FilesOf(const proto::LayerHashOptions& options) {
  if (options.files().empty()) return {"-"};
  return {options.files().begin(), options.files().end()};
}

absl::Status LayerHash(const proto::LayerHashOptions& options,
                       std::string* output) {
  cli::Table table = MakeTable(options.chain());
  std::string chain_id;
  for (const std::string& file : FilesOf(options)) {
    CLEAT_ASSIGN_OR_RETURN(proto::HashedLayer hashed, HashFile(file));
    chain_id = digest::ChainId(chain_id, hashed.diff_id());
    if (options.chain()) hashed.set_chain_id(chain_id);
    AddRow(hashed, &table);
    absl::StrAppend(output, pb::ToJson(hashed), "\n");
  }
  if (!options.query().json()) *output = table.ToString();
  return absl::OkStatus();
}

}  // namespace

CLEAT_QUERY(proto::LayerHashOptions, LayerHash);

}  // namespace cleat
