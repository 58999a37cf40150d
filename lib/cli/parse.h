#ifndef CLEAT_LIB_CLI_PARSE_H_
#define CLEAT_LIB_CLI_PARSE_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "lib/pb/table.h"

// Command lines and --config files into options messages.

namespace cleat::cli {

enum class Request { kRun, kHelp, kMan, kBash, kZsh, kFish, kVersion };

// Fills `options`, a message of `tool`, from the arguments. Options end at the
// first operand; "--" is allowed. Long names are abbreviated for tools with
// util-linux's customs only. Values are
// parsed by their units; the last of a scalar counts, lists append. Without
// --help and --version the operands are checked for their number.
//
// kInvalidArgument names the flag: "--memory: 'much' is not a size such as
// 64m".
absl::Status ParseArguments(const pb::Tool& tool, int argc, char** argv,
                            void* options, Request* request);

// Fills what the arguments left unset from a JSON object whose keys are the
// flags' fields' JSON names; quantities are numbers or texts as on the command
// line. `where` names the file in errors.
absl::Status ParseConfig(const pb::Tool& tool, absl::string_view json,
                         absl::string_view where, void* options);

}  // namespace cleat::cli

#endif  // CLEAT_LIB_CLI_PARSE_H_
