// layer-hash: prints what layers' bytes are: DiffID, digest, sizes, type.

#include <fcntl.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "lib/base/status_macros.h"
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

constexpr char kRow[] = "%-71s %-71s %12s %12s %-43s ";

void AppendHeader(bool chain, std::string* output) {
  absl::StrAppendFormat(output, kRow, "DIFFID", "DIGEST", "SIZE", "PLAIN-SIZE",
                        "MEDIA-TYPE");
  absl::StrAppendFormat(output, chain ? "%-71s FILE\n" : "%sFILE\n",
                        chain ? "CHAINID" : "");
}

void AppendRow(const proto::HashedLayer& hashed, std::string* output) {
  absl::StrAppendFormat(output, kRow, hashed.diff_id(), hashed.digest(),
                        absl::StrCat(hashed.size()),
                        absl::StrCat(hashed.plain_size()), hashed.media_type());
  if (hashed.has_chain_id()) absl::StrAppend(output, hashed.chain_id(), " ");
  absl::StrAppend(output, hashed.file(), "\n");
}

std::vector<std::string> FilesOf(const proto::LayerHashOptions& options) {
  if (options.files().empty()) return {"-"};
  return {options.files().begin(), options.files().end()};
}

absl::Status LayerHash(const proto::LayerHashOptions& options,
                       std::string* output) {
  if (!options.query().json()) AppendHeader(options.chain(), output);
  std::string chain_id;
  for (const std::string& file : FilesOf(options)) {
    CLEAT_ASSIGN_OR_RETURN(proto::HashedLayer hashed, HashFile(file));
    chain_id = digest::ChainId(chain_id, hashed.diff_id());
    if (options.chain()) hashed.set_chain_id(chain_id);
    if (options.query().json()) {
      absl::StrAppend(output, pb::ToJson(hashed), "\n");
    } else {
      AppendRow(hashed, output);
    }
  }
  return absl::OkStatus();
}

}  // namespace

CLEAT_QUERY(proto::LayerHashOptions, LayerHash);

}  // namespace cleat
