#ifndef CLEAT_LIB_CLI_HELP_H_
#define CLEAT_LIB_CLI_HELP_H_

#include <string>

#include "lib/pb/table.h"

// What people read of a tool, made of its options message.

namespace cleat::cli {

// `--help`: kind and input, summary, examples, usage, options. Lines are at
// most 80 columns wide.
std::string HelpText(const pb::Tool& tool);

// The man page, in man(7)'s macros.
std::string ManPage(const pb::Tool& tool);

}  // namespace cleat::cli

#endif  // CLEAT_LIB_CLI_HELP_H_
