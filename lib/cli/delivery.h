#ifndef CLEAT_LIB_CLI_DELIVERY_H_
#define CLEAT_LIB_CLI_DELIVERY_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

// Input and output of documents: read whole, written last and whole.

namespace cleat::cli {

// All of standard input ("-" or an empty name) or of a file. Says on standard
// error that it waits when standard input is a terminal.
absl::StatusOr<std::string> ReadInput(const std::string& tool,
                                      const std::string& file);

// Reads standard input to its end for at most two seconds: what a tool that
// has already failed does, to learn what it has to undo. "" for a terminal.
std::string DrainInput();

// Whether a document written there is kept: --output to a regular file, or
// standard output that is one.
bool KeepsOutput(const std::string& output_file);

struct DeliveryOptions {
  std::string file;         // empty: standard output
  bool if_changed = false;  // leave an identical file alone
  // Wait until the reader of a pipe has taken everything, or fail when it is
  // gone: what is delivered has effects that nobody else would undo.
  bool confirm = false;
};

// Writes `text`. A regular file is replaced at once and whole. kUnavailable
// when the reader is gone, kCancelled on a signal while waiting for it.
absl::Status Deliver(absl::string_view text, const DeliveryOptions& options);

}  // namespace cleat::cli

#endif  // CLEAT_LIB_CLI_DELIVERY_H_
