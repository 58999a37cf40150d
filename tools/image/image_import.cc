// image-import: makes an image of a root file system.

#include <stdlib.h>

#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "lib/base/status_macros.h"
#include "lib/cli/tool.h"
#include "lib/image/platform.h"
#include "lib/import/import_image.h"
#include "lib/stage/squash_note.h"
#include "proto/image.table.h"

namespace cleat {
namespace {

// reproducible-builds.org, "SOURCE_DATE_EPOCH": seconds.
absl::StatusOr<absl::Time> CreationTime() {
  const char* text = getenv("SOURCE_DATE_EPOCH");
  if (text == nullptr) return absl::Now();
  int64_t seconds = 0;
  if (absl::SimpleAtoi(text, &seconds) && seconds >= 0) {
    return absl::FromUnixSeconds(seconds);
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "SOURCE_DATE_EPOCH '", text, "': is not a number of seconds"));
}

absl::StatusOr<proto::Platform> PlatformOf(
    const proto::ImageImportOptions& options) {
  return options.has_platform() ? image::ParsePlatform(options.platform())
                                : image::HostPlatform();
}

absl::Status ImageImport(const proto::ImageImportOptions& options,
                         std::string* output) {
  import::ImportSpec spec;
  spec.source = options.source();
  spec.name = options.name();
  spec.changes = options.changes();
  CLEAT_ASSIGN_OR_RETURN(spec.platform, PlatformOf(options));
  CLEAT_ASSIGN_OR_RETURN(spec.created, CreationTime());
  const std::string store = cli::StorePath(options.common());
  return stage::NoteSquashing(store, [&]() -> absl::Status {
    CLEAT_ASSIGN_OR_RETURN(const std::string id,
                           import::ImportImage(spec, store));
    absl::StrAppend(output, id, "\n");
    return absl::OkStatus();
  });
}

}  // namespace

CLEAT_QUERY(proto::ImageImportOptions, ImageImport);

}  // namespace cleat
