// layer-diff: what differs between two trees, or what a container has changed.

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "lib/base/status_macros.h"
#include "lib/cli/containers.h"
#include "lib/cli/current_process.h"
#include "lib/cli/delivery.h"
#include "lib/cli/tool.h"
#include "lib/diff/report.h"
#include "lib/diff/walk.h"
#include "lib/layer/pack_options.h"
#include "lib/pb/json.h"
#include "lib/stage/container_trees.h"
#include "proto/layer_pack.table.h"

namespace cleat {
namespace {

using Options = proto::LayerDiffOptions;

absl::StatusOr<stage::ContainerTrees> TreesOfContainer(const Options& options) {
  const pb::Tool& tool = pb::ToolOf<Options>();
  if (options.has_id()) {
    CLEAT_ASSIGN_OR_RETURN(
        const journal::Instance instance,
        cli::SelectContainer(tool, options.id(), "", options.input()));
    CLEAT_ASSIGN_OR_RETURN(const cli::Document document,
                           cli::CurrentDocument(instance));
    return stage::TreesOf(document);
  }
  CLEAT_ASSIGN_OR_RETURN(const std::vector<cli::Document> documents,
                         cli::ReadDocuments(tool, options.input()));
  if (documents.size() == 1) return stage::TreesOf(documents[0]);
  return absl::InvalidArgumentError(
      absl::StrCat("one document is expected, ", documents.size(), " came"));
}

absl::StatusOr<stage::ContainerTrees> TreesOf(const Options& options) {
  if (options.has_id() || options.has_input()) {
    if (options.trees().empty()) return TreesOfContainer(options);
    return cli::WithExitStatus(
        absl::InvalidArgumentError("--id and --input take no OLD and NEW"), 2);
  }
  if (options.trees_size() != 2) {
    return cli::WithExitStatus(
        absl::InvalidArgumentError("give OLD and NEW, or --id"), 2);
  }
  stage::ContainerTrees trees;
  trees.before.form = trees.after.form = layer::OwnTreeForm();
  trees.before.layers = absl::StrSplit(options.trees(0), ':');
  trees.after.layers = absl::StrSplit(options.trees(1), ':');
  return trees;
}

absl::Status LayerDiff(const Options& options, std::string* output) {
  CLEAT_ASSIGN_OR_RETURN(const uint32_t ignored,
                         diff::ParseDifferences(options.ignore()));
  CLEAT_ASSIGN_OR_RETURN(const stage::ContainerTrees trees, TreesOf(options));
  CLEAT_RETURN_IF_ERROR(diff::Walk(
      trees.before, trees.after, {trees.without, ignored},
      [&](const diff::Change& change) {
        // Not the root because of what is in it.
        constexpr uint32_t kByEntries = diff::kEntries | diff::kTime;
        if (change.path.empty() && (change.differs & ~kByEntries) == 0) {
          return absl::OkStatus();
        }
        absl::StrAppend(output,
                        options.query().json()
                            ? pb::ToJson(diff::ToProto(change))
                            : diff::ToLine(change),
                        "\n");
        return absl::OkStatus();
      }));
  if (!options.exit_code() || output->empty()) return absl::OkStatus();
  CLEAT_RETURN_IF_ERROR(cli::Deliver(*output, {}));
  return absl::FailedPreconditionError("the trees differ");
}

}  // namespace

CLEAT_QUERY(proto::LayerDiffOptions, LayerDiff);

}  // namespace cleat
