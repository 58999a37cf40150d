#include "lib/cli/screen.h"

#include <unistd.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "lib/sys/file.h"
#include "lib/tty/window_size.h"

namespace cleat::cli {
namespace {

// To the beginning of the line N lines up, and all below it empty (ECMA-48).
std::string Upward(size_t lines) {
  return absl::StrCat(lines == 0 ? "" : absl::StrCat("\x1b[", lines, "F"),
                      "\x1b[J");
}

bool StartsCharacter(char byte) { return (byte & 0xc0) != 0x80; }

absl::string_view CutLine(absl::string_view line, size_t columns) {
  size_t count = 0;
  for (size_t i = 0; i < line.size(); ++i) {
    if (StartsCharacter(line[i]) && ++count > columns) return line.substr(0, i);
  }
  return line;
}

}  // namespace

std::string CutToWindow(absl::string_view text, size_t rows, size_t columns) {
  std::string cut;
  for (const absl::string_view line :
       absl::StrSplit(absl::StripSuffix(text, "\n"), '\n')) {
    if (rows-- == 0) break;
    absl::StrAppend(&cut, CutLine(line, columns), "\n");
  }
  return cut;
}

Screen::Screen() : is_terminal_(isatty(STDOUT_FILENO) == 1) {}

absl::Status Screen::Show(absl::string_view text) {
  std::string out;
  if (is_terminal_) {
    const auto size = tty::CallersWindowSize();
    // The cursor stands on a line of its own below; a window of no size is one
    // that nobody has set.
    const size_t rows = size && size->ws_row > 1 ? size->ws_row - 1 : 24;
    const size_t columns = size && size->ws_col > 0 ? size->ws_col : 80;
    const std::string cut = CutToWindow(text, rows, columns);
    out = absl::StrCat(Upward(lines_), cut);
    lines_ = static_cast<size_t>(std::count(cut.begin(), cut.end(), '\n'));
  } else {
    out = absl::StrCat(shown_ ? "\n" : "", text);
  }
  shown_ = true;
  return sys::WriteAll(STDOUT_FILENO, out, "standard output");
}

}  // namespace cleat::cli
