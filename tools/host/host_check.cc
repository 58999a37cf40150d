// host-check: what of a container works on this machine for the caller.

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/base/status_macros.h"
#include "lib/cli/delivery.h"
#include "lib/cli/table.h"
#include "lib/cli/tool.h"
#include "lib/hostcheck/features.h"
#include "lib/pb/json.h"
#include "proto/host.table.h"

namespace cleat {
namespace {

using Options = proto::HostCheckOptions;
using hostcheck::Feature;

const Feature* Find(const std::string& name) {
  for (const Feature& feature : hostcheck::Features()) {
    if (feature.name == name) return &feature;
  }
  return nullptr;
}

absl::StatusOr<std::vector<Feature>> Select(const Options& options) {
  if (options.features().empty()) return hostcheck::Features();
  std::vector<Feature> chosen;
  for (const std::string& name : options.features()) {
    const Feature* feature = Find(name);
    if (feature == nullptr) {
      return absl::InvalidArgumentError(absl::StrCat(
          "feature '", name, "': no such one (host-check alone lists them)"));
    }
    chosen.push_back(*feature);
    chosen.back().needed = true;
  }
  return chosen;
}

proto::HostFeature Try(const Feature& feature, const hostcheck::Host& host) {
  hostcheck::Finding finding = feature.probe(host);
  proto::HostFeature row;
  row.set_feature(feature.name);
  row.set_works(finding.works);
  row.set_needed(feature.needed);
  row.set_purpose(feature.purpose);
  if (!finding.detail.empty()) row.set_detail(std::move(finding.detail));
  if (!finding.works && !finding.cure.empty()) {
    row.set_cure(std::move(finding.cure));
  }
  return row;
}

std::string RemarkOf(const proto::HostFeature& row) {
  if (!row.has_cure()) return row.detail();
  return absl::StrCat(row.detail(), "; needs: ", row.cure());
}

std::string Print(const std::vector<proto::HostFeature>& rows, bool json) {
  std::string lines;
  cli::Table table({"FEATURE", "WORKS", "NEEDED", "FOR", "REMARK"});
  for (const proto::HostFeature& row : rows) {
    if (json) absl::StrAppend(&lines, pb::ToJson(row), "\n");
    table.AddRow({row.feature(), row.works() ? "yes" : "no",
                  row.needed() ? "yes" : "", row.purpose(), RemarkOf(row)});
  }
  return json ? lines : table.ToString();
}

absl::Status HostCheck(const Options& options, std::string*) {
  CLEAT_ASSIGN_OR_RETURN(const std::vector<Feature> features, Select(options));
  const hostcheck::Host host = {cli::StorePath(options.query().common())};
  std::vector<proto::HostFeature> rows;
  std::vector<std::string> missing;
  for (const Feature& feature : features) {
    rows.push_back(Try(feature, host));
    if (feature.needed && !rows.back().works()) missing.push_back(feature.name);
  }
  // The table is the answer also when it is bad.
  CLEAT_RETURN_IF_ERROR(cli::Deliver(Print(rows, options.query().json()), {}));
  if (missing.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "containers cannot run here: ", absl::StrJoin(missing, ", ")));
}

}  // namespace

CLEAT_QUERY(proto::HostCheckOptions, HostCheck);

}  // namespace cleat
