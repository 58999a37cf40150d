#include "lib/cli/table.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace cleat::cli {
namespace {

constexpr size_t kGap = 2;

std::string Printable(std::string cell) {
  for (char& c : cell) {
    if (absl::ascii_iscntrl(static_cast<unsigned char>(c))) c = '?';
  }
  return cell;
}

// UTF-8 sequences count as one column.
size_t Columns(absl::string_view text) {
  return static_cast<size_t>(std::count_if(
      text.begin(), text.end(),
      [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

}  // namespace

Table::Table(std::vector<std::string> heading) {
  rows_.push_back(std::move(heading));
}

void Table::AddRow(std::vector<std::string> cells) {
  for (std::string& cell : cells) cell = Printable(std::move(cell));
  rows_.push_back(std::move(cells));
}

std::string Table::ToString() const {
  std::vector<size_t> widths(rows_.front().size(), 0);
  for (const auto& row : rows_) {
    for (size_t i = 0; i < widths.size(); ++i) {
      widths[i] = std::max(widths[i], Columns(row[i]));
    }
  }
  std::string text;
  for (const auto& row : rows_) {
    for (size_t i = 0; i < widths.size(); ++i) {
      const size_t padding = widths[i] - Columns(row[i]) + kGap;
      absl::StrAppend(&text, row[i], std::string(padding, ' '));
    }
    absl::StripTrailingAsciiWhitespace(&text);
    text.push_back('\n');
  }
  return text;
}

}  // namespace cleat::cli
