#include "lib/cli/binary_output.h"

#include <unistd.h>

#include "lib/sys/file.h"

namespace cleat::cli {

absl::Status CheckBinaryOutput() {
  if (isatty(STDOUT_FILENO) == 0) return absl::OkStatus();
  return absl::FailedPreconditionError(
      "write to a terminal: refused (redirect it)");
}

absl::Status WriteOutput(absl::string_view bytes) {
  return sys::WriteAll(STDOUT_FILENO, bytes, "standard output");
}

}  // namespace cleat::cli
