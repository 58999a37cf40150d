// unwind: ends containers and undoes all that was done for them.

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/cli/tool.h"
#include "lib/journal/select.h"
#include "lib/journal/undo.h"
#include "proto/lifecycle.table.h"

namespace cleat {
namespace {

using journal::Instance;

constexpr int64_t kGraceUs = 10000000;

// Of a document the instance id counts, and nothing else.
absl::StatusOr<std::vector<Instance>> FromDocuments(
    const proto::UnwindOptions& options, const std::string& root) {
  std::vector<Instance> instances;
  CLEAT_ASSIGN_OR_RETURN(
      const std::vector<cli::Document> documents,
      cli::ReadDocuments(pb::ToolOf<proto::UnwindOptions>(), options.input()));
  for (const cli::Document& document : documents) {
    if (!document.envelope().has_id()) continue;
    absl::StatusOr<Instance> instance =
        Instance::Open(root, document.envelope().id());
    if (absl::IsNotFound(instance.status())) continue;
    if (!instance.ok()) return instance.status();
    instances.push_back(*std::move(instance));
  }
  return instances;
}

// One that is gone already is undone.
absl::StatusOr<std::vector<Instance>> FromReferences(
    const std::vector<std::string>& references, const std::string& root) {
  std::vector<Instance> instances;
  for (const std::string& reference : references) {
    absl::StatusOr<std::vector<Instance>> found =
        journal::SelectByReference(root, {reference});
    if (absl::IsNotFound(found.status())) continue;
    if (!found.ok()) return found.status();
    instances.push_back(std::move(found->front()));
  }
  return instances;
}

absl::StatusOr<std::vector<Instance>> Select(
    const proto::UnwindOptions& options, const std::string& root) {
  if (options.orphans()) return journal::SelectOrphans(root);
  std::vector<std::string> ids(options.id().begin(), options.id().end());
  ids.insert(ids.end(), options.containers().begin(),
             options.containers().end());
  if (!ids.empty()) return FromReferences(ids, root);
  if (options.label_size() == 0) return FromDocuments(options, root);
  return journal::SelectByLabels(
      root, {options.label().begin(), options.label().end()});
}

absl::Status Describe(const Instance& instance, std::string* output) {
  CLEAT_ASSIGN_OR_RETURN(const std::vector<proto::Step> steps,
                         instance.Steps());
  for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
    absl::StrAppend(output, instance.id().substr(0, 12), ": ",
                    journal::DescribeUndo(*step), "\n");
  }
  return absl::OkStatus();
}

absl::Status Unwind(const proto::UnwindOptions& options, std::string* output) {
  const int64_t grace = options.has_grace_us() ? options.grace_us() : kGraceUs;
  CLEAT_ASSIGN_OR_RETURN(const std::string root, journal::StateRoot());
  CLEAT_ASSIGN_OR_RETURN(const std::vector<Instance> instances,
                         Select(options, root));
  absl::Status result;
  for (const Instance& instance : instances) {
    result.Update(options.dry_run() ? Describe(instance, output)
                                    : journal::Unwind(instance, {grace}));
  }
  return result;
}

}  // namespace

CLEAT_QUERY(proto::UnwindOptions, Unwind);

}  // namespace cleat
