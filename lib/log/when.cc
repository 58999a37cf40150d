#include "lib/log/when.h"

#include <string>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace cleat::log {
namespace {

// From the most to the least of a time.
constexpr const char* kForms[] = {
    "%Y-%m-%d%ET%H:%M:%E*S%Ez", "%Y-%m-%d%ET%H:%M:%E*S", "%Y-%m-%d%ET%H:%M%Ez",
    "%Y-%m-%d%ET%H:%M",         "%Y-%m-%d%Ez",           "%Y-%m-%d",
};

bool IsDecimal(absl::string_view text) {
  return text.find_first_not_of("0123456789.") == absl::string_view::npos &&
         !text.empty() && absl::ascii_isdigit(text.front());
}

}  // namespace

absl::StatusOr<absl::Time> ParseWhen(absl::string_view text, absl::Time now) {
  absl::Time time;
  const std::string copy(text);
  if (IsDecimal(text)) {
    absl::Duration seconds;
    if (absl::ParseDuration(absl::StrCat(copy, "s"), &seconds)) {
      return absl::UnixEpoch() + seconds;
    }
  }
  absl::Duration before;
  if (absl::ParseDuration(copy, &before)) return now - before;
  for (const char* form : kForms) {
    if (absl::ParseTime(form, copy, absl::LocalTimeZone(), &time, nullptr)) {
      return time;
    }
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "'", copy,
      "' is no time such as 10m, 2024-05-06T07:08:09Z or 1714979289"));
}

}  // namespace cleat::log
