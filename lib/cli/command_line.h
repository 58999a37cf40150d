#ifndef CLEAT_LIB_CLI_COMMAND_LINE_H_
#define CLEAT_LIB_CLI_COMMAND_LINE_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "lib/pb/table.h"

namespace cleat::cli {

// The words that ParseArguments makes `options` of: the tool's name, a
// "--flag=value" for each value that is set, in the table's order, and the
// operands. The inverse of lib/cli/parse.h; `options` is a message of the
// tool's type and is not changed.
std::vector<std::string> CommandLine(const pb::Tool& tool, void* options);

template <typename Options>
std::vector<std::string> CommandLine(Options options) {
  return CommandLine(pb::ToolOf<Options>(), &options);
}

// A word as sh reads it back (XCU 2.2, "Quoting"): in single quotes where it
// has any character that is not plain.
std::string ShellQuote(absl::string_view word);

}  // namespace cleat::cli

#endif  // CLEAT_LIB_CLI_COMMAND_LINE_H_
