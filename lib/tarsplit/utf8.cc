#include "lib/tarsplit/utf8.h"

#include <cstddef>

#include "absl/strings/match.h"
#include "lib/base/utf8.h"

namespace cleat::tarsplit {

bool IsPlainUtf8(absl::string_view text) {
  // U+FFFD.
  if (absl::StrContains(text, "\xEF\xBF\xBD")) return false;
  while (!text.empty()) {
    const size_t length = Utf8Length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

}  // namespace cleat::tarsplit
