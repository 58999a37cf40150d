#ifndef CLEAT_LIB_CLI_SCREEN_H_
#define CLEAT_LIB_CLI_SCREEN_H_

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace cleat::cli {

// Standard output as something that is shown again and again. On a terminal
// each text takes the place of the one before, cut to the window; elsewhere
// they follow one another, an empty line between them.
class Screen {
 public:
  Screen();

  // `text` is whole lines. Errors as of write(2).
  absl::Status Show(absl::string_view text);

 private:
  const bool is_terminal_;
  bool shown_ = false;
  size_t lines_ = 0;  // of the last text, on a terminal
};

// The first lines of `text`, each cut to `columns`, at most `rows` of them.
// Columns are counted as characters of UTF-8.
std::string CutToWindow(absl::string_view text, size_t rows, size_t columns);

}  // namespace cleat::cli

#endif  // CLEAT_LIB_CLI_SCREEN_H_
