#include "lib/cli/containers.h"

#include "absl/status/status.h"
#include "lib/base/status_macros.h"
#include "lib/cli/tool.h"
#include "lib/journal/select.h"

namespace cleat::cli {

absl::StatusOr<std::vector<std::string>> References(
    const pb::Tool& tool, const ContainerArguments& arguments) {
  std::vector<std::string> references(arguments.ids.begin(),
                                      arguments.ids.end());
  references.insert(references.end(), arguments.operands.begin(),
                    arguments.operands.end());
  if (!references.empty()) return references;
  CLEAT_ASSIGN_OR_RETURN(const std::vector<Document> documents,
                         ReadDocuments(tool, arguments.input));
  for (const Document& document : documents) {
    if (document.envelope().has_id()) {
      references.push_back(document.envelope().id());
    }
  }
  return references;
}

absl::StatusOr<std::vector<journal::Instance>> SelectContainers(
    const pb::Tool& tool, const ContainerArguments& arguments) {
  CLEAT_ASSIGN_OR_RETURN(const std::vector<std::string> references,
                         References(tool, arguments));
  CLEAT_ASSIGN_OR_RETURN(const std::string root, journal::StateRoot());
  return journal::SelectByReference(root, references);
}

absl::StatusOr<std::vector<journal::Instance>> SelectPresentContainers(
    const pb::Tool& tool, const ContainerArguments& arguments) {
  CLEAT_ASSIGN_OR_RETURN(const std::vector<std::string> references,
                         References(tool, arguments));
  CLEAT_ASSIGN_OR_RETURN(const std::string root, journal::StateRoot());
  std::vector<journal::Instance> instances;
  for (const std::string& reference : references) {
    absl::StatusOr<std::vector<journal::Instance>> found =
        journal::SelectByReference(root, {reference});
    if (absl::IsNotFound(found.status())) continue;
    if (!found.ok()) return found.status();
    instances.push_back(std::move(found->front()));
  }
  return instances;
}

absl::StatusOr<journal::Instance> SelectContainer(const pb::Tool& tool,
                                                  const std::string& id,
                                                  const std::string& operand,
                                                  const std::string& input) {
  Texts ids;
  Texts operands;
  if (!id.empty()) *ids.Add() = id;
  if (!operand.empty()) *operands.Add() = operand;
  if (ids.empty() && operands.empty() && input.empty()) {
    return absl::InvalidArgumentError(
        "which container? --id=ID says so, or --input=FILE");
  }
  CLEAT_ASSIGN_OR_RETURN(std::vector<journal::Instance> instances,
                         SelectContainers(tool, {ids, operands, input}));
  if (instances.size() != 1) {
    return absl::InvalidArgumentError("exactly one container is expected");
  }
  return std::move(instances.front());
}

}  // namespace cleat::cli
