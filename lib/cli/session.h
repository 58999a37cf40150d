#ifndef CLEAT_LIB_CLI_SESSION_H_
#define CLEAT_LIB_CLI_SESSION_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "lib/cli/parse.h"
#include "lib/cli/tool.h"

// What every tool does before and after its own work.

namespace cleat::cli {

// Exit statuses; DESIGN: wrappers use 125 for every failure of their own, those
// with util-linux's customs 1.
constexpr int kDone = 0;
constexpr int kFailed = 1;
constexpr int kUsage = 2;
constexpr int kNoDocument = 3;
constexpr int kWrapperFailed = 125;

// Reads the command line and --config into the options, starts tracing, makes
// sure that descriptors 0, 1 and 2 are open and that a closed pipe is an
// error instead of a death.
absl::Status Begin(const Call& call, int argc, char** argv, Request* request);

// Prints help, the man page or the version; the exit status.
int Answer(const pb::Tool& tool, Request request);

// "TOOL: message" on standard error: one line whatever the message, and nothing
// in it that commands a terminal.
void PrintError(const pb::Tool& tool, const absl::Status& status);

// The exit status of a failed tool: what WithExitStatus said, else `usual`.
// Where a signal has been noted it dies of that instead.
int FailureStatus(const absl::Status& status, int usual);

}  // namespace cleat::cli

#endif  // CLEAT_LIB_CLI_SESSION_H_
