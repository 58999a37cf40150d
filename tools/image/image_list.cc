// image-list: the images in the store, as `docker images` lists them.

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "lib/base/human.h"
#include "lib/base/status_macros.h"
#include "lib/cli/table.h"
#include "lib/cli/tool.h"
#include "lib/pb/json.h"
#include "lib/store/image_summaries.h"
#include "proto/image.table.h"

namespace cleat {
namespace {

using Summaries = std::vector<proto::ImageSummary>;

std::string IdOf(const proto::ImageSummary& image, bool full) {
  constexpr size_t kPrefix = sizeof("sha256:") - 1;
  return full ? image.id() : image.id().substr(kPrefix, 12);
}

std::string OrNone(const std::string& text) {
  return text.empty() ? "<none>" : text;
}

std::string AgeOf(const proto::ImageSummary& image) {
  absl::Time created;
  if (!absl::ParseTime(absl::RFC3339_full, image.created(), &created,
                       nullptr)) {
    return "N/A";
  }
  return absl::StrCat(FormatAge(absl::Now() - created), " ago");
}

void AppendIds(const Summaries& images, bool full, std::string* output) {
  std::vector<std::string> seen;
  for (const proto::ImageSummary& image : images) {
    if (std::find(seen.begin(), seen.end(), image.id()) != seen.end()) continue;
    seen.push_back(image.id());
    absl::StrAppend(output, IdOf(image, full), "\n");
  }
}

std::string ToTable(const Summaries& images, bool full) {
  cli::Table table({"REPOSITORY", "TAG", "IMAGE ID", "CREATED", "SIZE"});
  for (const proto::ImageSummary& image : images) {
    table.AddRow({OrNone(image.repository()), OrNone(image.tag()),
                  IdOf(image, full), AgeOf(image),
                  FormatDecimalBytes(image.size())});
  }
  return table.ToString();
}

absl::Status ImageList(const proto::ImageListOptions& options,
                       std::string* output) {
  CLEAT_ASSIGN_OR_RETURN(
      const Summaries images,
      store::SummarizeImages(cli::StorePath(options.query().common()),
                             options.all()));
  if (options.quiet()) {
    AppendIds(images, options.no_trunc(), output);
  } else if (options.query().json()) {
    for (const proto::ImageSummary& image : images) {
      absl::StrAppend(output, pb::ToJson(image), "\n");
    }
  } else {
    *output = ToTable(images, options.no_trunc());
  }
  return absl::OkStatus();
}

}  // namespace

CLEAT_QUERY(proto::ImageListOptions, ImageList);

}  // namespace cleat
