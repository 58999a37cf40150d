#include "lib/runtime/status_text.h"

#include <vector>

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "lib/sys/child.h"

namespace cleat::runtime {

std::string StatusToText(const absl::Status& status) {
  const auto payload = status.GetPayload(sys::kExitStatusPayload);
  return absl::StrCat(static_cast<int>(status.code()), "\n",
                      payload ? std::string(*payload) : "", "\n",
                      status.message());
}

absl::Status StatusFromText(absl::string_view text) {
  const std::vector<std::string> parts =
      absl::StrSplit(text, absl::MaxSplits('\n', 2));
  int code;
  if (parts.size() != 3 || !absl::SimpleAtoi(parts[0], &code)) {
    return absl::AbortedError(
        "start the program: the process that starts it was killed");
  }
  absl::Status status(static_cast<absl::StatusCode>(code), parts[2]);
  if (!parts[1].empty()) {
    status.SetPayload(sys::kExitStatusPayload, absl::Cord(parts[1]));
  }
  return status;
}

}  // namespace cleat::runtime
