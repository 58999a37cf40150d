#ifndef CLEAT_LIB_CLI_TABLE_H_
#define CLEAT_LIB_CLI_TABLE_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace cleat::cli {

// A table of cells, for people or for simple programs. What is in a cell never
// commands the terminal: it may be a name from an image or of a process.
class Table {
 public:
  explicit Table(std::vector<std::string> heading);

  // As many cells as the heading has.
  void AddRow(std::vector<std::string> cells);

  // Columns as wide as their widest cell, two spaces apart, and unprintable
  // characters as '?'. Lines end at `width` columns, where it is not 0.
  std::string ToString(size_t width = 0) const;

  // One space apart; in a cell every byte but visible ASCII, and the backslash,
  // is "\xHH". So a line has as many words as the table columns.
  std::string ToRaw() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace cleat::cli

#endif  // CLEAT_LIB_CLI_TABLE_H_
