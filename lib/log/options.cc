#include "lib/log/options.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "lib/base/status_macros.h"
#include "lib/base/units.h"

namespace cleat::log {
namespace {

absl::Status SetMaxSize(const std::string& value, Options* options) {
  CLEAT_ASSIGN_OR_RETURN(options->max_size, ParseBytes(value));
  if (options->max_size > 0) return absl::OkStatus();
  return absl::InvalidArgumentError("more than 0 bytes are expected");
}

absl::Status SetMaxFile(const std::string& value, Options* options) {
  const bool is_number = absl::SimpleAtoi(value, &options->max_files);
  if (is_number && options->max_files >= 1) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("'", value, "' is not a number from 1 on"));
}

struct Known {
  absl::string_view key;
  absl::Status (*set)(const std::string& value, Options* options);
};

constexpr Known kKnown[] = {{"max-size", SetMaxSize}, {"max-file", SetMaxFile}};

absl::Status Set(const std::string& pair, Options* options) {
  const std::pair<std::string, std::string> parts =
      absl::StrSplit(pair, absl::MaxSplits('=', 1));
  for (const Known& known : kKnown) {
    if (parts.first != known.key) continue;
    const absl::Status set = known.set(parts.second, options);
    if (set.ok()) return set;
    return absl::InvalidArgumentError(
        absl::StrCat("--log-opt: ", known.key, ": ", set.message()));
  }
  return absl::InvalidArgumentError(
      absl::StrCat("--log-opt: '", pair,
                   "': max-size=SIZE or max-file=N is "
                   "expected"));
}

}  // namespace

absl::StatusOr<Options> ParseOptions(absl::string_view driver,
                                     const std::vector<std::string>& pairs) {
  Options options;
  options.keep = driver != "none";
  if (options.keep && !driver.empty() && driver != "json-file") {
    return absl::InvalidArgumentError(absl::StrCat(
        "--log-driver: '", driver, "' is neither json-file nor none"));
  }
  for (const std::string& pair : pairs) {
    CLEAT_RETURN_IF_ERROR(Set(pair, &options));
  }
  if (!options.keep && !pairs.empty()) {
    return absl::InvalidArgumentError(
        "--log-opt: --log-driver=none keeps no log");
  }
  if (options.max_files > 1 && options.max_size == 0) {
    return absl::InvalidArgumentError(
        "--log-opt: max-file without max-size would never come to more than "
        "one file");
  }
  return options;
}

}  // namespace cleat::log
