#include "lib/runtime/ulimit.h"

#include <sys/resource.h>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace cleat::runtime {
namespace {

bool ParseLimit(absl::string_view text, uint64_t* limit) {
  if (text == "unlimited" || text == "-1") {
    *limit = RLIM_INFINITY;
    return true;
  }
  return !text.empty() && absl::ascii_isdigit(text[0]) &&
         absl::SimpleAtoi(text, limit);
}

}  // namespace

absl::StatusOr<proto::oci::Rlimit> ParseUlimit(absl::string_view text) {
  const size_t equals = text.find('=');
  const absl::string_view limits =
      equals == absl::string_view::npos ? "" : text.substr(equals + 1);
  const size_t colon = limits.find(':');
  const absl::string_view hard_text =
      colon == absl::string_view::npos ? limits : limits.substr(colon + 1);
  uint64_t soft, hard;
  if (equals == 0 || !ParseLimit(limits.substr(0, colon), &soft) ||
      !ParseLimit(hard_text, &hard)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--ulimit '", text,
        "': give NAME=SOFT[:HARD] in whole numbers or \"unlimited\", as "
        "nofile=1024:4096"));
  }
  if (soft > hard) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--ulimit '", text, "': the soft limit is above the hard"));
  }
  proto::oci::Rlimit rlimit;
  rlimit.set_type(
      absl::StrCat("RLIMIT_", absl::AsciiStrToUpper(text.substr(0, equals))));
  rlimit.set_soft(soft);
  rlimit.set_hard(hard);
  return rlimit;
}

}  // namespace cleat::runtime
