#include "lib/procfs/kernel_link.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"

namespace cleat::procfs {
namespace {

bool IsNameByte(char c) {
  return absl::ascii_islower(static_cast<unsigned char>(c)) || c == '_';
}

// SimpleAtoi takes signs and blanks, too.
bool IsNumber(absl::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
}

}  // namespace

absl::optional<KernelLink> ParseKernelLink(absl::string_view text) {
  const size_t colon = text.find(":[");
  if (colon == absl::string_view::npos || colon == 0) return {};
  KernelLink link;
  link.name = text.substr(0, colon);
  absl::string_view number = text.substr(colon + 2);
  if (!std::all_of(link.name.begin(), link.name.end(), IsNameByte) ||
      !absl::ConsumeSuffix(&number, "]") || !IsNumber(number) ||
      !absl::SimpleAtoi(number, &link.number)) {
    return {};
  }
  return link;
}

}  // namespace cleat::procfs
