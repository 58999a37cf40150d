#ifndef CLEAT_LIB_CLI_TABLE_H_
#define CLEAT_LIB_CLI_TABLE_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace cleat::cli {

// A table for people: columns as wide as their widest cell, two spaces apart.
// Control bytes of a cell are shown as '?': a name from an image must not
// command the terminal.
class Table {
 public:
  explicit Table(std::vector<std::string> heading);

  // As many cells as the heading has.
  void AddRow(std::vector<std::string> cells);

  std::string ToString() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace cleat::cli

#endif  // CLEAT_LIB_CLI_TABLE_H_
