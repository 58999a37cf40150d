// image-list: the images in the store, as `docker images` lists them.

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "lib/base/human.h"
#include "lib/base/status_macros.h"
#include "lib/cli/table.h"
#include "lib/cli/tool.h"
#include "lib/pb/json.h"
#include "lib/store/image_filter.h"
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

std::string ToTable(const Summaries& images,
                    const proto::ImageListOptions& options) {
  std::vector<std::string> heading = {"REPOSITORY", "TAG"};
  if (options.digests()) heading.emplace_back("DIGEST");
  heading.insert(heading.end(), {"IMAGE ID", "CREATED", "SIZE"});
  cli::Table table(std::move(heading));
  for (const proto::ImageSummary& image : images) {
    std::vector<std::string> row = {OrNone(image.repository()),
                                    OrNone(image.tag())};
    if (options.digests()) row.push_back(OrNone(image.digest()));
    row.insert(row.end(), {IdOf(image, options.no_trunc()), AgeOf(image),
                           FormatDecimalBytes(image.size())});
    table.AddRow(std::move(row));
  }
  return table.ToString();
}

absl::StatusOr<store::ImageSelection> SelectionOf(
    const proto::ImageListOptions& options, const std::string& root) {
  store::ImageSelection selection;
  selection.all = options.all();
  selection.digests = options.digests();
  CLEAT_ASSIGN_OR_RETURN(selection.filter, store::ImageFilter::Parse(
                                               root, {options.filter().begin(),
                                                      options.filter().end()}));
  if (options.has_name()) selection.filter.AddReference(options.name());
  return selection;
}

absl::Status ImageList(const proto::ImageListOptions& options,
                       std::string* output) {
  const std::string root = cli::StorePath(options.query().common());
  CLEAT_ASSIGN_OR_RETURN(const store::ImageSelection selection,
                         SelectionOf(options, root));
  CLEAT_ASSIGN_OR_RETURN(const Summaries images,
                         store::SummarizeImages(root, selection));
  if (options.quiet()) {
    AppendIds(images, options.no_trunc(), output);
  } else if (options.query().json()) {
    for (const proto::ImageSummary& image : images) {
      absl::StrAppend(output, pb::ToJson(image), "\n");
    }
  } else {
    *output = ToTable(images, options);
  }
  return absl::OkStatus();
}

}  // namespace

CLEAT_QUERY(proto::ImageListOptions, ImageList);

}  // namespace cleat
