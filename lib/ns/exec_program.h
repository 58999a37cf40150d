#ifndef CLEAT_LIB_NS_EXEC_PROGRAM_H_
#define CLEAT_LIB_NS_EXEC_PROGRAM_H_

#include <string>
#include <vector>

#include "absl/status/status.h"

namespace cleat::ns {

// Runs the program in this process, as execvp(3) finds it; without one the
// shell that $SHELL names, else /bin/sh, as a login shell ("-sh"), as
// nsenter(1) and unshare(1) do. Returns only when that fails: with
// sys::kExitStatusPayload, "127" when there is no such program, else "126".
absl::Status ExecProgram(const std::vector<std::string>& program);

}  // namespace cleat::ns

#endif  // CLEAT_LIB_NS_EXEC_PROGRAM_H_
