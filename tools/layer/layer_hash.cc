// layer-hash: prints what layers' bytes are: DiffID, digest, sizes, type.

#include <unistd.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "lib/base/json.h"
#include "lib/base/status_macros.h"
#include "lib/cli/binary_output.h"
#include "lib/cli/table.h"
#include "lib/cli/tool.h"
#include "lib/digest/chain_id.h"
#include "lib/digest/digest.h"
#include "lib/digest/sha256.h"
#include "lib/layer/unpack.h"
#include "lib/pb/json.h"
#include "lib/sys/file.h"
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

// The two that a digest of a layer may mean.
bool Matches(const layer::Summary& summary, absl::string_view digest) {
  return digest == summary.digest || digest == summary.diff_id;
}

// A line of sha256sum's: DIGEST, two spaces (or a space and '*'), FILE.
struct SumLine {
  std::string digest;
  std::string file;
};

absl::StatusOr<SumLine> ParseSumLine(absl::string_view line, int number) {
  absl::string_view text = absl::StripPrefix(line, "sha256:");
  constexpr size_t kDigits = 64;
  SumLine sum;
  sum.digest = absl::StrCat("sha256:", text.substr(0, kDigits));
  text.remove_prefix(std::min(text.size(), kDigits));
  const bool separated =
      absl::ConsumePrefix(&text, "  ") || absl::ConsumePrefix(&text, " *");
  sum.file = std::string(text);
  if (separated && !text.empty() && digest::IsSha256(sum.digest)) return sum;
  return absl::InvalidArgumentError(
      absl::StrCat("line ", number, ": must be DIGEST, two spaces, FILE"));
}

absl::StatusOr<std::vector<SumLine>> ReadSums(const std::string& file) {
  constexpr size_t kLimit = size_t{64} << 20;
  CLEAT_ASSIGN_OR_RETURN(
      const std::string text,
      file == "-" ? sys::ReadAll(STDIN_FILENO, kLimit, "standard input")
                  : sys::ReadFile(file, kLimit));
  std::vector<SumLine> sums;
  int number = 0;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    ++number;
    if (line.empty()) continue;
    CLEAT_ASSIGN_OR_RETURN(SumLine sum, ParseSumLine(line, number));
    sums.push_back(std::move(sum));
  }
  return sums;
}

absl::Status Check(const std::string& file) {
  const absl::StatusOr<std::vector<SumLine>> sums = ReadSums(file);
  if (!sums.ok()) {
    return absl::Status(
        sums.status().code(),
        absl::StrCat("check ", file, ": ", sums.status().message()));
  }
  size_t failed = 0;
  for (const SumLine& sum : *sums) {
    const absl::StatusOr<layer::Summary> summary = layer::Hash({sum.file});
    const bool ok = summary.ok() && Matches(*summary, sum.digest);
    if (!ok) ++failed;
    absl::string_view verdict = ok ? "OK" : "FAILED";
    if (!summary.ok()) verdict = "FAILED open or read";
    CLEAT_RETURN_IF_ERROR(
        cli::WriteOutput(absl::StrCat(sum.file, ": ", verdict, "\n")));
  }
  if (failed == 0) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat("check ", file, ": ", failed, " of ",
                                          sums->size(), " layers FAILED"));
}

absl::StatusOr<std::vector<std::string>> DiffIdsOf(const std::string& text,
                                                   const std::string& file) {
  CLEAT_ASSIGN_OR_RETURN(const base::JsonDocument document,
                         base::JsonDocument::Parse(text, file));
  CLEAT_ASSIGN_OR_RETURN(const base::JsonObject config, document.Object());
  CLEAT_ASSIGN_OR_RETURN(const base::JsonObject rootfs,
                         config.Object("rootfs"));
  CLEAT_ASSIGN_OR_RETURN(std::vector<std::string> diff_ids,
                         rootfs.Strings("diff_ids"));
  for (const std::string& diff_id : diff_ids) {
    if (digest::IsSha256(diff_id)) continue;
    return rootfs.Error("diff_ids", "is no list of sha256 digests");
  }
  return diff_ids;
}

absl::Status HashImage(const std::string& file, bool json,
                       std::string* output) {
  CLEAT_ASSIGN_OR_RETURN(const std::string text,
                         sys::ReadFile(file, base::kMaxJsonBytes));
  CLEAT_ASSIGN_OR_RETURN(const std::vector<std::string> diff_ids,
                         DiffIdsOf(text, file));
  cli::Table table({"IMAGEID", "DIFFID", "CHAINID"});
  proto::HashedImage line;
  line.set_image_id(digest::Sha256Of(text));
  for (const std::string& diff_id : diff_ids) {
    line.set_diff_id(diff_id);
    line.set_chain_id(digest::ChainId(line.chain_id(), diff_id));
    table.AddRow({line.image_id(), line.diff_id(), line.chain_id()});
    absl::StrAppend(output, pb::ToJson(line), "\n");
  }
  if (!json) *output = table.ToString();
  return absl::OkStatus();
}

absl::Status LayerHash(const proto::LayerHashOptions& options,
                       std::string* output) {
  if (options.has_check()) return Check(options.check());
  if (options.has_image_config()) {
    return HashImage(options.image_config(), options.query().json(), output);
  }
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
