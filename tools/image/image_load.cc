// image-load: puts the images of an archive or a layout into the store.

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/cli/tool.h"
#include "lib/image/platform.h"
#include "lib/import/load_images.h"
#include "lib/stage/squash_note.h"
#include "proto/image_tools.table.h"

namespace cleat {
namespace {

absl::StatusOr<import::LoadSpec> SpecOf(
    const proto::ImageLoadOptions& options) {
  import::LoadSpec spec;
  if (options.has_input() && options.has_source()) {
    return absl::InvalidArgumentError(
        "--input and SOURCE say the same: give one of them");
  }
  spec.source = options.has_input() ? options.input() : options.source();
  if (spec.source.empty()) spec.source = "-";
  spec.tag = options.tag();
  if (options.has_platform()) {
    CLEAT_ASSIGN_OR_RETURN(spec.platform,
                           image::ParsePlatform(options.platform()));
  }
  return spec;
}

// As docker says it, so that scripts understand it.
void Tell(const import::LoadedImage& image, bool quiet, std::string* output) {
  if (quiet) {
    absl::StrAppend(output, image.id, "\n");
    return;
  }
  for (const std::string& name : image.names) {
    absl::StrAppend(output, "Loaded image: ", name, "\n");
  }
  if (image.names.empty()) {
    absl::StrAppend(output, "Loaded image ID: ", image.id, "\n");
  }
}

absl::Status ImageLoad(const proto::ImageLoadOptions& options,
                       std::string* output) {
  CLEAT_ASSIGN_OR_RETURN(const import::LoadSpec spec, SpecOf(options));
  const std::string store = cli::StorePath(options.common());
  return stage::NoteSquashing(store, [&]() -> absl::Status {
    CLEAT_ASSIGN_OR_RETURN(const std::vector<import::LoadedImage> images,
                           import::LoadImages(spec, store));
    for (const import::LoadedImage& image : images) {
      Tell(image, options.quiet(), output);
    }
    return absl::OkStatus();
  });
}

}  // namespace

CLEAT_QUERY(proto::ImageLoadOptions, ImageLoad);

}  // namespace cleat
