// image-history: the steps that an image was built in.

#include "lib/store/image_history.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "lib/base/human.h"
#include "lib/base/status_macros.h"
#include "lib/cli/table.h"
#include "lib/cli/tool.h"
#include "lib/pb/json.h"
#include "proto/image_tools.table.h"

namespace cleat {
namespace {

constexpr size_t kCommandWidth = 45;

std::string IdOf(const proto::ImageHistoryStep& step, bool full) {
  if (!step.has_id()) return "<missing>";
  constexpr size_t kPrefix = sizeof("sha256:") - 1;
  return full ? step.id() : step.id().substr(kPrefix, 12);
}

std::string AgeOf(const proto::ImageHistoryStep& step) {
  absl::Time created;
  if (!absl::ParseTime(absl::RFC3339_full, step.created(), &created, nullptr)) {
    return "N/A";
  }
  return absl::StrCat(FormatAge(absl::Now() - created), " ago");
}

std::string CommandOf(const proto::ImageHistoryStep& step, bool full) {
  const std::string command =
      absl::StrReplaceAll(step.created_by(), {{"\t", " "}});
  if (full || command.size() <= kCommandWidth) return command;
  // Not within a character.
  size_t end = kCommandWidth - 1;
  while (end > 0 && (command[end] & 0xc0) == 0x80) --end;
  return absl::StrCat(command.substr(0, end), "…");
}

absl::Status ImageHistory(const proto::ImageHistoryOptions& options,
                          std::string* output) {
  CLEAT_ASSIGN_OR_RETURN(
      const std::vector<proto::ImageHistoryStep> steps,
      store::ReadImageHistory(cli::StorePath(options.query().common()),
                              options.image()));
  const bool full = options.no_trunc();
  cli::Table table({"IMAGE", "CREATED", "CREATED BY", "SIZE", "COMMENT"});
  for (const proto::ImageHistoryStep& step : steps) {
    table.AddRow({IdOf(step, full), AgeOf(step), CommandOf(step, full),
                  FormatDecimalBytes(step.size()), step.comment()});
    if (options.quiet()) {
      absl::StrAppend(output, IdOf(step, full), "\n");
    } else if (options.query().json()) {
      absl::StrAppend(output, pb::ToJson(step), "\n");
    }
  }
  if (!options.quiet() && !options.query().json()) *output = table.ToString();
  return absl::OkStatus();
}

}  // namespace

CLEAT_QUERY(proto::ImageHistoryOptions, ImageHistory);

}  // namespace cleat
