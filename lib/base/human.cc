#include "lib/base/human.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace cleat {
namespace {

struct AgeUnit {
  const char* name;
  int64_t hours;
  // Used for ages below this many hours.
  int64_t below;
};

constexpr AgeUnit kAgeUnits[] = {
    {"hours", 1, 48},
    {"days", 24, 24 * 7 * 2},
    {"weeks", 24 * 7, 24 * 30 * 2},
    {"months", 24 * 30, 24 * 365 * 2},
    {"years", 24 * 365, INT64_MAX},
};

}  // namespace

std::string FormatDecimalBytes(int64_t bytes) {
  constexpr const char* kUnits[] = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
  double value = static_cast<double>(bytes);
  size_t unit = 0;
  while (value >= 1000 && unit + 1 < sizeof(kUnits) / sizeof(kUnits[0])) {
    value /= 1000;
    ++unit;
  }
  return absl::StrFormat("%.3g%s", value, kUnits[unit]);
}

std::string FormatAge(absl::Duration age) {
  const int64_t seconds = absl::ToInt64Seconds(age);
  if (seconds < 1) return "Less than a second";
  if (seconds == 1) return "1 second";
  if (seconds < 60) return absl::StrCat(seconds, " seconds");
  const int64_t minutes = seconds / 60;
  if (minutes == 1) return "About a minute";
  if (minutes < 60) return absl::StrCat(minutes, " minutes");
  const int64_t hours = (seconds + 1800) / 3600;
  if (hours == 1) return "About an hour";
  const AgeUnit* unit = kAgeUnits;
  while (hours >= unit->below) ++unit;
  return absl::StrCat(hours / unit->hours, " ", unit->name);
}

}  // namespace cleat
