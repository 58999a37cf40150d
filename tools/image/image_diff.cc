// image-diff: what differs between the files of two images, and why two builds
// are not equal.

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/base/status_macros.h"
#include "lib/cli/delivery.h"
#include "lib/cli/tool.h"
#include "lib/derive/config_text.h"
#include "lib/derive/image_trees.h"
#include "lib/diff/report.h"
#include "lib/diff/walk.h"
#include "lib/pb/json.h"
#include "proto/image_edit.table.h"
#include "proto/layer_pack.table.h"

namespace cleat {
namespace {

using Options = proto::ImageDiffOptions;
using derive::ImageTrees;

// Ends a walk at its first difference.
absl::Status Stop() { return absl::CancelledError("stop"); }

// The root differs because of what is in it.
bool SaysNothing(const diff::Change& change) {
  constexpr uint32_t kByEntries = diff::kEntries | diff::kTime;
  return change.path.empty() && change.kind == diff::Kind::kChanged &&
         (change.differs & ~kByEntries) == 0;
}

std::string InWords(const diff::Change& change) {
  const proto::TreeChange text = diff::ToProto(change);
  return absl::StrCat(diff::ToLine(change), text.differs_size() > 0 ? " (" : "",
                      absl::StrJoin(text.differs(), ", "),
                      text.differs_size() > 0 ? ")" : "");
}

// Why the layers of number `i` are not the same archive.
absl::StatusOr<std::string> WhyLayer(const ImageTrees& a, const ImageTrees& b,
                                     size_t i) {
  std::string why;
  const absl::Status status = diff::Walk(
      a.Lowest(i + 1), b.Lowest(i + 1), {}, [&](const diff::Change& change) {
        // A directory comes before what is in it, which is why.
        if (change.differs == diff::kEntries || SaysNothing(change)) {
          return absl::OkStatus();
        }
        why = InWords(change);
        return Stop();
      });
  if (why.empty()) CLEAT_RETURN_IF_ERROR(status);
  return why.empty() ? "same files, in another order or spelling" : why;
}

absl::StatusOr<std::string> WhyConfig(const ImageTrees& a, const ImageTrees& b,
                                      const std::string& store) {
  CLEAT_ASSIGN_OR_RETURN(const std::string before,
                         derive::ConfigText(a.image, store));
  CLEAT_ASSIGN_OR_RETURN(const std::string after,
                         derive::ConfigText(b.image, store));
  CLEAT_ASSIGN_OR_RETURN(const std::string first,
                         derive::FirstDifference(before, after));
  return absl::StrCat("config: ",
                      first.empty() ? "same fields, spelled otherwise" : first);
}

absl::StatusOr<std::string> Why(const ImageTrees& a, const ImageTrees& b,
                                const std::string& store) {
  if (a.image.state().id() == b.image.state().id()) return std::string();
  const int count = std::min(a.layers.layers_size(), b.layers.layers_size());
  for (int i = 0; i < count; ++i) {
    if (a.layers.layers(i).diff_id() == b.layers.layers(i).diff_id()) continue;
    CLEAT_ASSIGN_OR_RETURN(const std::string why,
                           WhyLayer(a, b, static_cast<size_t>(i)));
    return absl::StrCat("layer ", i + 1, ": ", why, "\n");
  }
  if (a.layers.layers_size() != b.layers.layers_size()) {
    return absl::StrCat("layers: ", a.layers.layers_size(), ", then ",
                        b.layers.layers_size(), "\n");
  }
  CLEAT_ASSIGN_OR_RETURN(const std::string why, WhyConfig(a, b, store));
  return why + "\n";
}

absl::StatusOr<std::string> Differences(const Options& options,
                                        const ImageTrees& a,
                                        const ImageTrees& b) {
  CLEAT_ASSIGN_OR_RETURN(const uint32_t ignored,
                         diff::ParseDifferences(options.ignore()));
  std::string text;
  CLEAT_RETURN_IF_ERROR(diff::Walk(
      a.All(), b.All(), {{}, ignored}, [&](const diff::Change& change) {
        if (SaysNothing(change)) return absl::OkStatus();
        absl::StrAppend(&text,
                        options.query().json()
                            ? pb::ToJson(diff::ToProto(change))
                            : diff::ToLine(change),
                        "\n");
        return absl::OkStatus();
      }));
  return text;
}

absl::Status ImageDiff(const Options& options, std::string* output) {
  const std::string store = cli::StorePath(options.query().common());
  if (options.images_size() != 2) {
    return cli::WithExitStatus(absl::InvalidArgumentError("give OLD and NEW"),
                               2);
  }
  CLEAT_ASSIGN_OR_RETURN(const ImageTrees a,
                         derive::OpenImage(options.images(0), store));
  CLEAT_ASSIGN_OR_RETURN(const ImageTrees b,
                         derive::OpenImage(options.images(1), store));
  CLEAT_ASSIGN_OR_RETURN(
      *output, options.why() ? Why(a, b, store) : Differences(options, a, b));
  if (!options.exit_code() || output->empty()) return absl::OkStatus();
  CLEAT_RETURN_IF_ERROR(cli::Deliver(*output, {}));
  return absl::FailedPreconditionError("the images differ");
}

}  // namespace

CLEAT_QUERY(proto::ImageDiffOptions, ImageDiff);

}  // namespace cleat
