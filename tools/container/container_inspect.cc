// container-inspect: a container's document, or one field of it.

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/cli/containers.h"
#include "lib/cli/current_process.h"
#include "lib/cli/tool.h"
#include "lib/pb/json_path.h"
#include "proto/lifecycle.table.h"

namespace cleat {
namespace {

// Documents of standard input are shown as they are: they may be templates.
absl::StatusOr<std::vector<cli::Document>> Documents(
    const proto::ContainerInspectOptions& options) {
  const pb::Tool& tool = pb::ToolOf<proto::ContainerInspectOptions>();
  if (options.id().empty() && options.containers().empty()) {
    return cli::ReadDocuments(tool, options.input());
  }
  CLEAT_ASSIGN_OR_RETURN(
      const std::vector<journal::Instance> instances,
      cli::SelectContainers(
          tool, {options.id(), options.containers(), options.input()}));
  std::vector<cli::Document> documents;
  for (const journal::Instance& instance : instances) {
    CLEAT_ASSIGN_OR_RETURN(cli::Document document,
                           cli::CurrentDocument(instance));
    documents.push_back(std::move(document));
  }
  return documents;
}

absl::Status ContainerInspect(const proto::ContainerInspectOptions& options,
                              std::string* output) {
  CLEAT_ASSIGN_OR_RETURN(const std::vector<cli::Document> documents,
                         Documents(options));
  for (const cli::Document& document : documents) {
    const std::string json = document.ToJson();
    if (!options.has_get()) {
      const auto form = options.query().json() ? pb::JsonForm::kLine
                                               : pb::JsonForm::kIndented;
      CLEAT_ASSIGN_OR_RETURN(const std::string text,
                             pb::FormatJson(json, form));
      absl::StrAppend(output, text, "\n");
      continue;
    }
    CLEAT_ASSIGN_OR_RETURN(const std::string field,
                           pb::GetJsonField(json, options.get()));
    absl::StrAppend(output, field, "\n");
  }
  return absl::OkStatus();
}

}  // namespace

CLEAT_QUERY(proto::ContainerInspectOptions, ContainerInspect);

}  // namespace cleat
