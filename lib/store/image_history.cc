#include "lib/store/image_history.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/base/json.h"
#include "lib/base/status_macros.h"
#include "lib/image/config.h"
#include "lib/store/image_store.h"
#include "lib/store/layer_record.h"
#include "lib/store/layer_use.h"
#include "lib/store/repositories.h"
#include "lib/sys/file.h"

namespace cleat::store {
namespace {

using Steps = std::vector<proto::ImageHistoryStep>;

absl::StatusOr<proto::ImageHistoryStep> ParseStep(
    const base::JsonObject& object) {
  proto::ImageHistoryStep step;
  CLEAT_ASSIGN_OR_RETURN(const absl::string_view created,
                         object.OptionalString("created"));
  CLEAT_ASSIGN_OR_RETURN(const absl::string_view by,
                         object.OptionalString("created_by"));
  CLEAT_ASSIGN_OR_RETURN(const absl::string_view comment,
                         object.OptionalString("comment"));
  CLEAT_ASSIGN_OR_RETURN(const bool empty, object.OptionalBool("empty_layer"));
  if (!created.empty()) step.set_created(std::string(created));
  step.set_created_by(std::string(by));
  if (!comment.empty()) step.set_comment(std::string(comment));
  // Tells the caller, until it is replaced, that there is a layer.
  step.set_size(empty ? 0 : -1);
  return step;
}

// Oldest first.
absl::StatusOr<Steps> ParseSteps(std::string text, const std::string& path) {
  CLEAT_ASSIGN_OR_RETURN(const base::JsonDocument document,
                         base::JsonDocument::Parse(std::move(text), path));
  CLEAT_ASSIGN_OR_RETURN(const base::JsonObject config, document.Object());
  CLEAT_ASSIGN_OR_RETURN(const std::vector<base::JsonObject> history,
                         config.Objects("history"));
  Steps steps;
  for (const base::JsonObject& object : history) {
    CLEAT_ASSIGN_OR_RETURN(proto::ImageHistoryStep step, ParseStep(object));
    steps.push_back(std::move(step));
  }
  return steps;
}

void SetSizes(const Paths& paths, const std::vector<std::string>& diff_ids,
              Steps& steps) {
  const std::vector<std::string> chain = ChainIds(diff_ids);
  size_t layer = 0;
  for (proto::ImageHistoryStep& step : steps) {
    if (step.size() == 0) continue;
    step.set_size(layer < chain.size()
                      ? ReadLayerSize(paths, chain[layer]).value_or(0)
                      : 0);
    ++layer;
  }
}

// Of the image and those that it was built on, newest first.
absl::Status SetIds(const Paths& paths, std::string id, Steps& steps) {
  CLEAT_ASSIGN_OR_RETURN(const Repositories repositories,
                         Repositories::Load(paths));
  const ImageStore images(paths.root());
  for (proto::ImageHistoryStep& step : steps) {
    if (id.empty() || !sys::Exists(paths.ImageConfig(id))) break;
    step.set_id(id);
    for (std::string& name : repositories.NamesOf(id)) {
      if (!absl::StrContains(name, '@')) *step.add_tags() = std::move(name);
    }
    id = images.Parent(id);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Steps> ReadImageHistory(const std::string& root,
                                       absl::string_view name) {
  const Paths paths(root);
  const ImageStore images(root);
  CLEAT_ASSIGN_OR_RETURN(const std::string id, images.Resolve(name));
  CLEAT_ASSIGN_OR_RETURN(const std::string text, images.Get(id));
  const std::string path = paths.ImageConfig(id);
  CLEAT_ASSIGN_OR_RETURN(const image::Config config,
                         image::ParseConfig(text, path));
  CLEAT_ASSIGN_OR_RETURN(Steps steps, ParseSteps(text, path));
  SetSizes(paths, config.diff_ids, steps);
  std::reverse(steps.begin(), steps.end());
  CLEAT_RETURN_IF_ERROR(SetIds(paths, id, steps));
  return steps;
}

}  // namespace cleat::store
