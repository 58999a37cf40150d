#include "lib/cgstat/stat_text.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "lib/base/units.h"
#include "lib/pb/table.h"
#include "proto/cgroup_query.table.h"

namespace cleat::cgstat {
namespace {

std::string CountText(int64_t value) { return absl::StrCat(value); }

std::string TimeText(int64_t us) {
  return absl::StrFormat("%.6gs", static_cast<double>(us) / 1e6);
}

std::string PercentText(int64_t basis_points) {
  return absl::StrFormat("%.2f%%", static_cast<double>(basis_points) / 100);
}

// A unit, as fields' names end with it.
struct Suffix {
  const char* text;
  std::string (*format)(int64_t value);
};
constexpr Suffix kSuffixes[] = {
    {"_bytes", FormatBytes},
    {"_us", TimeText},
    {"_basis_points", PercentText},
    {"", CountText},
};

void AppendNumber(absl::string_view prefix, absl::string_view name,
                  int64_t value, StatLines* lines) {
  for (const Suffix& suffix : kSuffixes) {
    if (!absl::ConsumeSuffix(&name, suffix.text)) continue;
    lines->emplace_back(absl::StrCat(prefix, name), suffix.format(value));
    return;
  }
}

// What an element of a list is called: the last text of its fields, "sda"
// before "8:0".
std::string NameOf(const pb::Message& table, const void* message) {
  std::string name;
  for (const pb::Field& field : table) {
    if (field.type == pb::Type::kString && field.size(message) > 0) {
      name = field.get_string(message, 0);
    }
  }
  return name;
}

void Append(const pb::Message& table, const void* message,
            const std::string& prefix, StatLines* lines) {
  for (const pb::Field& field : table) {
    for (int i = 0; i < field.size(message); ++i) {
      if (field.type == pb::Type::kInteger) {
        AppendNumber(prefix, field.name, field.get_integer(message, i), lines);
      } else if (field.type == pb::Type::kMessage) {
        const pb::Message& inner_table = *field.message();
        const void* inner = field.get_message(message, i);
        const std::string name =
            field.repeated ? absl::StrCat(NameOf(inner_table, inner), ".") : "";
        Append(inner_table, inner, absl::StrCat(prefix, field.name, ".", name),
               lines);
      }
    }
  }
}

const std::string* Find(const StatLines& lines, absl::string_view name) {
  for (const auto& [known, value] : lines) {
    if (known == name) return &value;
  }
  return nullptr;
}

// The names of all columns; one that only a later column has stands behind the
// name that it follows there.
std::vector<std::string> AllNames(const std::vector<StatLines>& columns) {
  std::vector<std::string> names;
  for (const StatLines& lines : columns) {
    auto place = names.begin();
    for (const auto& [name, value] : lines) {
      auto found = std::find(names.begin(), names.end(), name);
      if (found == names.end()) found = names.insert(place, name);
      place = found + 1;
    }
  }
  return names;
}

}  // namespace

StatLines DescribeStat(const proto::CgroupStat& stat) {
  StatLines lines;
  Append(pb::TableOf<proto::CgroupStat>(), &stat, "", &lines);
  return lines;
}

std::vector<std::vector<std::string>> JoinStatLines(
    const std::vector<StatLines>& columns) {
  std::vector<std::vector<std::string>> rows;
  for (const std::string& name : AllNames(columns)) {
    std::vector<std::string>& row = rows.emplace_back();
    row.push_back(name);
    for (const StatLines& lines : columns) {
      const std::string* value = Find(lines, name);
      row.push_back(value == nullptr ? "-" : *value);
    }
  }
  return rows;
}

}  // namespace cleat::cgstat
