// image-inspect: what the store knows of images, in docker's form.

#include <string>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/cli/tool.h"
#include "lib/pb/json_path.h"
#include "lib/store/inspect_image.h"
#include "proto/image_tools.table.h"

namespace cleat {
namespace {

// With --json a line each, with --get a field each; otherwise one array, as
// docker prints it.
absl::Status ImageInspect(const proto::ImageInspectOptions& options,
                          std::string* output) {
  const std::string root = cli::StorePath(options.query().common());
  std::string all = "[";
  for (const std::string& name : options.images()) {
    CLEAT_ASSIGN_OR_RETURN(std::string json, store::InspectImage(root, name));
    absl::StrAppend(&all, all.size() > 1 ? "," : "", json);
    if (options.has_get()) {
      CLEAT_ASSIGN_OR_RETURN(json, pb::GetJsonField(json, options.get()));
    }
    absl::StrAppend(output, json, "\n");
  }
  if (options.has_get() || options.query().json()) return absl::OkStatus();
  CLEAT_ASSIGN_OR_RETURN(
      *output, pb::FormatJson(absl::StrCat(all, "]"), pb::JsonForm::kIndented));
  absl::StrAppend(output, "\n");
  return absl::OkStatus();
}

}  // namespace

CLEAT_QUERY(proto::ImageInspectOptions, ImageInspect);

}  // namespace cleat
