#include "lib/procfs/mountinfo.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "lib/base/status_macros.h"
#include "lib/sys/file.h"

namespace cleat::procfs {
namespace {

// Room for 100,000 mounts, the kernel's own limit, with long options.
constexpr size_t kFileLimit = size_t{64} << 20;
// Fields before the optional ones, and after the "-" that ends those.
constexpr size_t kFixedFields = 6;
constexpr size_t kLastFields = 3;

using Words = std::vector<absl::string_view>;

bool IsOctal(char c) { return c >= '0' && c <= '7'; }

// Whether `text` begins with a backslash and three octal digits of a byte.
bool IsEscape(absl::string_view text) {
  return text.size() >= 4 && text[0] == '\\' && text[1] >= '0' &&
         text[1] <= '3' && IsOctal(text[2]) && IsOctal(text[3]);
}

std::string Unescape(absl::string_view text) {
  std::string bytes;
  bytes.reserve(text.size());
  while (!text.empty()) {
    if (IsEscape(text)) {
      bytes += static_cast<char>((text[1] - '0') * 64 + (text[2] - '0') * 8 +
                                 (text[3] - '0'));
      text.remove_prefix(4);
    } else {
      bytes += text.front();
      text.remove_prefix(1);
    }
  }
  return bytes;
}

std::vector<std::string> SplitOptions(absl::string_view text) {
  return absl::StrSplit(text, ',', absl::SkipEmpty());
}

// False when the line has too few fields or an id is no number.
bool ParseLine(absl::string_view line, Mount& mount) {
  const Words words = absl::StrSplit(line, ' ');
  if (words.size() < kFixedFields) return false;
  const auto dash = std::find(words.begin() + kFixedFields, words.end(),
                              absl::string_view("-"));
  if (static_cast<size_t>(words.end() - dash) < 1 + kLastFields) return false;
  mount.device = std::string(words[2]);
  mount.root = Unescape(words[3]);
  mount.target = Unescape(words[4]);
  mount.options = SplitOptions(words[5]);
  for (auto word = words.begin() + kFixedFields; word != dash; ++word) {
    mount.propagation.emplace_back(*word);
  }
  mount.type = Unescape(dash[1]);
  mount.source = Unescape(dash[2]);
  mount.super_options = SplitOptions(dash[3]);
  return absl::SimpleAtoi(words[0], &mount.id) &&
         absl::SimpleAtoi(words[1], &mount.parent);
}

bool Contains(const std::vector<std::string>& list, absl::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

}  // namespace

bool Mount::Has(absl::string_view option) const {
  return Contains(options, option) || Contains(super_options, option);
}

absl::StatusOr<std::vector<Mount>> ParseMountinfo(absl::string_view text) {
  std::vector<Mount> mounts;
  for (const absl::string_view line :
       absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    if (!ParseLine(line, mounts.emplace_back())) {
      return absl::InvalidArgumentError(absl::StrCat(
          "parse mountinfo: line ", mounts.size(), " is malformed: ", line));
    }
  }
  return mounts;
}

absl::StatusOr<std::vector<Mount>> ReadMountinfo(const std::string& proc,
                                                 absl::string_view process) {
  CLEAT_ASSIGN_OR_RETURN(
      const std::string text,
      sys::ReadFile(absl::StrCat(proc, "/", process, "/mountinfo"),
                    kFileLimit));
  return ParseMountinfo(text);
}

}  // namespace cleat::procfs
