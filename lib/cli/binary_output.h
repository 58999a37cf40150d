#ifndef CLEAT_LIB_CLI_BINARY_OUTPUT_H_
#define CLEAT_LIB_CLI_BINARY_OUTPUT_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace cleat::cli {

// kFailedPrecondition when standard output is a terminal, which bytes that are
// no text would spoil.
absl::Status CheckBinaryOutput();

// Writes to standard output.
absl::Status WriteOutput(absl::string_view bytes);

}  // namespace cleat::cli

#endif  // CLEAT_LIB_CLI_BINARY_OUTPUT_H_
