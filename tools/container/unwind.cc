// unwind: ends containers and undoes all that was done for them.

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/cli/containers.h"
#include "lib/cli/tool.h"
#include "lib/journal/select.h"
#include "lib/journal/undo.h"
#include "lib/store/pending_layer.h"
#include "proto/lifecycle.table.h"

namespace cleat {
namespace {

using journal::Instance;

constexpr int64_t kGraceUs = 10000000;

absl::StatusOr<std::vector<Instance>> Select(
    const proto::UnwindOptions& options, const std::string& root) {
  if (options.orphans()) return journal::SelectOrphans(root);
  if (options.label_size() > 0) {
    return journal::SelectByLabels(
        root, {options.label().begin(), options.label().end()});
  }
  // One that is gone already is undone.
  return cli::SelectPresentContainers(
      pb::ToolOf<proto::UnwindOptions>(),
      {options.id(), options.containers(), options.input()});
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

// One that others need is undone after them, in whichever order they came: what
// is refused is tried again as long as others go.
absl::Status UnwindAll(std::vector<Instance>& instances, int64_t grace) {
  absl::Status failure;
  absl::Status refusal;
  size_t left = 0;
  do {
    left = instances.size();
    refusal = absl::OkStatus();
    std::vector<Instance> refused;
    for (Instance& instance : instances) {
      const absl::Status status = journal::Unwind(instance, {grace});
      if (absl::IsFailedPrecondition(status)) {
        refusal.Update(status);
        refused.push_back(std::move(instance));
      } else {
        failure.Update(status);
      }
    }
    instances = std::move(refused);
  } while (!instances.empty() && instances.size() < left);
  failure.Update(refusal);
  return failure;
}

absl::Status Unwind(const proto::UnwindOptions& options, std::string* output) {
  const int64_t grace = options.has_grace_us() ? options.grace_us() : kGraceUs;
  CLEAT_ASSIGN_OR_RETURN(const std::string root, journal::StateRoot());
  CLEAT_ASSIGN_OR_RETURN(std::vector<Instance> instances,
                         Select(options, root));
  if (options.orphans() && !options.dry_run()) {
    CLEAT_RETURN_IF_ERROR(journal::ForgetUnborn(root));
    store::PendingLayer::RemoveStale(
        store::Paths(cli::StorePath(options.common())));
  }
  if (!options.dry_run()) return UnwindAll(instances, grace);
  for (const Instance& instance : instances) {
    const absl::Status described = Describe(instance, output);
    // It may have been undone meanwhile.
    if (!absl::IsNotFound(described)) CLEAT_RETURN_IF_ERROR(described);
  }
  return absl::OkStatus();
}

}  // namespace

CLEAT_QUERY(proto::UnwindOptions, Unwind);

}  // namespace cleat
