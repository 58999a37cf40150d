#include <getopt.h>

#include <algorithm>

#include "lib/cli/delivery.h"
#include "lib/cli/session.h"
#include "lib/cli/tool.h"
#include "lib/sys/interrupt.h"

namespace cleat::cli {

int RunWrapper(const Call& call, absl::StatusOr<int> (*run)(void* options),
               int argc, char** argv) {
  Request request;
  absl::Status status = Begin(call, argc, argv, &request);
  if (status.ok() && request != Request::kRun) {
    return Answer(call.tool, request);
  }
  if (status.ok()) {
    const absl::StatusOr<int> exit_status = run(call.options);
    if (exit_status.ok()) return *exit_status;
    status = exit_status.status();
  }
  PrintError(call.tool, status);
  return FailureStatus(status, call.tool.util_linux ? kFailed : kWrapperFailed);
}

void PeekOptions(const Call& call, int argc, char** argv) {
  Request request;
  // What follows a wrong flag still says what was meant; getopt knows where.
  while (argc > 1 &&
         !ParseArguments(call.tool, argc, argv, call.options, &request).ok()) {
    const int taken = std::max(optind - 1, 1);
    argc -= taken;
    argv += taken;
  }
}

int RunQuery(const Call& call,
             absl::Status (*run)(void* options, std::string* output), int argc,
             char** argv) {
  Request request;
  absl::Status status = Begin(call, argc, argv, &request);
  if (!status.ok()) {
    PrintError(call.tool, status);
    return FailureStatus(status, kUsage);
  }
  if (request != Request::kRun) return Answer(call.tool, request);
  std::string output;
  status = run(call.options, &output);
  if (status.ok() && !output.empty()) status = Deliver(output, {});
  if (status.ok()) return kDone;
  PrintError(call.tool, status);
  return FailureStatus(status, kFailed);
}

}  // namespace cleat::cli
