#include "lib/base/units.h"

#include <algorithm>
#include <limits>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "lib/base/status_macros.h"

namespace cleat {
namespace {

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
constexpr int kMaxListNumber = 1 << 20;

struct Suffix {
  absl::string_view text;
  int64_t factor;
};

constexpr Suffix kByteSuffixes[] = {
    {"", 1},           {"b", 1},           {"k", 1LL << 10},
    {"kb", 1LL << 10}, {"kib", 1LL << 10}, {"m", 1LL << 20},
    {"mb", 1LL << 20}, {"mib", 1LL << 20}, {"g", 1LL << 30},
    {"gb", 1LL << 30}, {"gib", 1LL << 30}, {"t", 1LL << 40},
    {"tb", 1LL << 40}, {"tib", 1LL << 40},
};

constexpr Suffix kDurationSuffixes[] = {
    {"", 1000000},  {"us", 1},       {"ms", 1000},
    {"s", 1000000}, {"m", 60000000}, {"h", 3600000000LL},
};

absl::Status Bad(absl::string_view text, absl::string_view right) {
  return absl::InvalidArgumentError(
      absl::StrCat("'", text, "' is not ", right));
}

size_t NumberLength(absl::string_view text) {
  return std::min(text.size(), text.find_first_not_of("0123456789."));
}

// digits[.digits] times `factor`, exactly; false when it is no such number or
// does not fit. At most nine decimals count.
bool Scale(absl::string_view number, int64_t factor, int64_t* value) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(number, absl::MaxSplits('.', 1));
  const bool has_point = absl::StrContains(number, '.');
  int64_t whole = 0;
  if (!absl::SimpleAtoi(parts.first, &whole) || whole < 0) return false;
  if (whole > kMax / factor) return false;
  *value = whole * factor;
  if (!has_point) return true;
  int64_t decimals = 0;
  if (parts.second.empty() || parts.second.size() > 9 ||
      !absl::SimpleAtoi(parts.second, &decimals)) {
    return false;
  }
  long double fraction = decimals;
  for (size_t i = 0; i < parts.second.size(); ++i) fraction /= 10;
  const auto extra = static_cast<int64_t>(fraction * factor + 0.5L);
  if (*value > kMax - extra) return false;
  *value += extra;
  return true;
}

template <size_t N>
absl::StatusOr<int64_t> ParseScaled(absl::string_view text,
                                    const Suffix (&suffixes)[N],
                                    absl::string_view right) {
  const size_t length = NumberLength(text);
  const std::string suffix = absl::AsciiStrToLower(text.substr(length));
  for (const Suffix& known : suffixes) {
    int64_t value = 0;
    if (known.text != suffix) continue;
    if (!Scale(text.substr(0, length), known.factor, &value)) break;
    return value;
  }
  return Bad(text, right);
}

bool IsUnlimited(absl::string_view text) {
  return text == "max" || text == "unlimited" || text == "-1";
}

absl::Status AppendRange(absl::string_view range, std::vector<int>* numbers) {
  const std::vector<absl::string_view> ends = absl::StrSplit(range, '-');
  int first = 0;
  int last = 0;
  if (ends.size() > 2 || !absl::SimpleAtoi(ends.front(), &first) ||
      !absl::SimpleAtoi(ends.back(), &last) || first < 0 || last < first ||
      last > kMaxListNumber) {
    return Bad(range, "a number or a range such as 0-2");
  }
  for (int i = first; i <= last; ++i) numbers->push_back(i);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<int64_t> ParseBytes(absl::string_view text) {
  return ParseScaled(text, kByteSuffixes, "a size such as 64m or 1.5g");
}

absl::StatusOr<int64_t> ParseBytesOrUnlimited(absl::string_view text) {
  if (IsUnlimited(text)) return -1;
  return ParseScaled(text, kByteSuffixes, "a size such as 64m, or -1");
}

absl::StatusOr<int64_t> ParseCount(absl::string_view text) {
  if (IsUnlimited(text)) return -1;
  int64_t value = 0;
  if (!absl::SimpleAtoi(text, &value) || value < 0) {
    return Bad(text, "a whole number, or -1");
  }
  return value;
}

absl::StatusOr<int64_t> ParseDuration(absl::string_view text) {
  return ParseScaled(text, kDurationSuffixes, "a time such as 500ms or 10s");
}

absl::StatusOr<int64_t> ParseNano(absl::string_view text) {
  int64_t value = 0;
  // Docker's documentation writes ".5" for half a core.
  const bool is_fraction = absl::StartsWith(text, ".");
  if (!Scale(is_fraction ? absl::StrCat("0", text) : std::string(text),
             1000000000, &value)) {
    return Bad(text, "a number such as 2 or 0.5");
  }
  return value;
}

absl::StatusOr<int64_t> ParseOctal(absl::string_view text) {
  int64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '7' || value > 0777) {
      return Bad(text, "an octal mode such as 0755");
    }
    value = value * 8 + (c - '0');
  }
  if (text.empty()) return Bad(text, "an octal mode such as 0755");
  return value;
}

absl::StatusOr<std::vector<int>> ParseList(absl::string_view text) {
  std::vector<int> numbers;
  for (const absl::string_view range : absl::StrSplit(text, ',')) {
    CLEAT_RETURN_IF_ERROR(AppendRange(range, &numbers));
  }
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  return numbers;
}

std::string FormatBytes(int64_t bytes) {
  static constexpr const char* kUnits[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  double value = static_cast<double>(bytes);
  size_t unit = 0;
  while (value >= 1024 && unit + 1 < std::size(kUnits)) {
    value /= 1024;
    ++unit;
  }
  return absl::StrFormat("%.4g%s", value, kUnits[unit]);
}

}  // namespace cleat
