#include "lib/cli/table.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "lib/base/utf8.h"

namespace cleat::cli {
namespace {

constexpr size_t kGap = 2;

// UTF-8 sequences count as one column.
bool BeginsColumn(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
}

size_t Columns(absl::string_view text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), BeginsColumn));
}

absl::string_view Cut(absl::string_view text, size_t width) {
  if (width == 0) return text;
  size_t columns = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (BeginsColumn(text[i]) && columns++ == width) return text.substr(0, i);
  }
  return text;
}

void AppendRaw(absl::string_view cell, std::string* text) {
  for (const char c : cell) {
    const auto byte = static_cast<unsigned char>(c);
    if (absl::ascii_isgraph(byte) && c != '\\') {
      text->push_back(c);
    } else {
      absl::StrAppend(text, "\\x", absl::Hex(byte, absl::kZeroPad2));
    }
  }
}

}  // namespace

Table::Table(std::vector<std::string> heading) {
  rows_.push_back(std::move(heading));
}

void Table::AddRow(std::vector<std::string> cells) {
  rows_.push_back(std::move(cells));
}

std::string Table::ToString(size_t width) const {
  auto rows = rows_;
  std::vector<size_t> widths(rows.front().size(), 0);
  for (auto& row : rows) {
    for (size_t i = 0; i < widths.size(); ++i) {
      row[i] = Printable(row[i]);
      widths[i] = std::max(widths[i], Columns(row[i]));
    }
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (size_t i = 0; i < widths.size(); ++i) {
      const size_t padding = widths[i] - Columns(row[i]) + kGap;
      absl::StrAppend(&line, row[i], std::string(padding, ' '));
    }
    absl::StrAppend(&text, absl::StripTrailingAsciiWhitespace(Cut(line, width)),
                    "\n");
  }
  return text;
}

std::string Table::ToRaw() const {
  std::string text;
  for (const auto& row : rows_) {
    for (const std::string& cell : row) {
      AppendRaw(cell, &text);
      text.push_back(' ');
    }
    text.back() = '\n';
  }
  return text;
}

}  // namespace cleat::cli
