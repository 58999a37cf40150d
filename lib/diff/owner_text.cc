#include "lib/diff/owner_text.h"

#include <cstdint>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "lib/base/units.h"
#include "lib/layer/overlay.h"

namespace cleat::diff {
namespace {

using absl::string_view;

bool TakeMode(string_view text, uint32_t* mode) {
  const absl::StatusOr<int64_t> number = ParseOctal(text);
  if (!number.ok()) return false;
  *mode = static_cast<uint32_t>(*number);
  return true;
}

// "char-1-3".
bool TakeDevice(string_view text, tar::Entry* entry) {
  const std::vector<string_view> parts = absl::StrSplit(text, '-');
  if (parts.size() != 3 || (parts[0] != "char" && parts[0] != "block") ||
      !absl::SimpleAtoi(parts[1], &entry->major) ||
      !absl::SimpleAtoi(parts[2], &entry->minor)) {
    return false;
  }
  entry->type =
      parts[0] == "char" ? tar::Type::kCharDevice : tar::Type::kBlockDevice;
  entry->size = 0;
  return true;
}

}  // namespace

absl::Status TakeOwner(string_view text, tar::Entry* entry) {
  const std::vector<string_view> parts = absl::StrSplit(text, ':');
  if (parts.size() >= 3 && parts.size() <= 4 &&
      absl::SimpleAtoi(parts[0], &entry->uid) &&
      absl::SimpleAtoi(parts[1], &entry->gid) &&
      TakeMode(parts[2], &entry->mode) &&
      (parts.size() == 3 || TakeDevice(parts[3], entry))) {
    return absl::OkStatus();
  }
  return absl::DataLossError(absl::StrCat("xattr ", layer::kOwnerXattr, ": '",
                                          absl::Utf8SafeCHexEscape(text),
                                          "' is no owner and mode"));
}

}  // namespace cleat::diff
