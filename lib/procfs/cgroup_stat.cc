#include "lib/procfs/cgroup_stat.h"

#include <algorithm>
#include <limits>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"

namespace cleat::procfs {
namespace {

// The text up to `separator`, which is removed with it; all where there is
// none.
absl::string_view Take(absl::string_view* text, char separator) {
  const size_t end = std::min(text->find(separator), text->size());
  const absl::string_view taken = text->substr(0, end);
  text->remove_prefix(std::min(end + 1, text->size()));
  return taken;
}

bool AllDigits(absl::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
}

}  // namespace

absl::optional<int64_t> ParseStatNumber(absl::string_view text) {
  text = absl::StripTrailingAsciiWhitespace(text);
  if (!AllDigits(text)) return absl::nullopt;
  int64_t value = 0;
  // What does not fit leaves the greatest value.
  if (absl::SimpleAtoi(text, &value)) return value;
  return std::numeric_limits<int64_t>::max();
}

absl::optional<int64_t> ParseStatHundredths(absl::string_view text) {
  text = absl::StripTrailingAsciiWhitespace(text);
  const absl::string_view whole = Take(&text, '.');
  constexpr size_t kMostDigits = 12;
  if (!AllDigits(whole) || whole.size() > kMostDigits || text.size() > 2 ||
      !(text.empty() || AllDigits(text))) {
    return absl::nullopt;
  }
  const int64_t tens = text.empty() ? 0 : text[0] - '0';
  const int64_t ones = text.size() < 2 ? 0 : text[1] - '0';
  return *ParseStatNumber(whole) * 100 + tens * 10 + ones;
}

void ForEachFlatStat(absl::string_view text, StatVisitor visit) {
  while (!text.empty()) {
    absl::string_view line = Take(&text, '\n');
    const absl::string_view key = Take(&line, ' ');
    if (!line.empty()) visit(key, line);
  }
}

void ForEachNestedStat(absl::string_view text, NestedStatVisitor visit) {
  while (!text.empty()) {
    absl::string_view line = Take(&text, '\n');
    const absl::string_view name = Take(&line, ' ');
    while (!line.empty()) {
      absl::string_view value = Take(&line, ' ');
      const absl::string_view key = Take(&value, '=');
      if (!value.empty()) visit(name, key, value);
    }
  }
}

void ForEachBlkioStat(absl::string_view text, NestedStatVisitor visit) {
  while (!text.empty()) {
    absl::string_view line = Take(&text, '\n');
    const absl::string_view name = Take(&line, ' ');
    const absl::string_view key = Take(&line, ' ');
    if (!line.empty()) visit(name, key, line);
  }
}

}  // namespace cleat::procfs
