#ifndef CLEAT_LIB_CLI_CURRENT_PROCESS_H_
#define CLEAT_LIB_CLI_CURRENT_PROCESS_H_

#include "absl/status/statusor.h"
#include "lib/cli/document.h"
#include "lib/journal/instance.h"
#include "proto/process.pb.h"

namespace cleat::cli {

// The document that the last tool left of a container, its section `process`
// brought up to date: whether the program runs, and with which status it
// ended. A container that no tool has completed has an empty document with
// its id, name and labels.
absl::StatusOr<Document> CurrentDocument(const journal::Instance& instance);

// Only that section. `status` is "running", "paused", "stopped", or absent when
// nothing was started.
absl::StatusOr<proto::Process> CurrentProcess(
    const journal::Instance& instance);

// Whether its first process is there, paused or not.
bool IsRunning(const proto::ProcessState& state);

}  // namespace cleat::cli

#endif  // CLEAT_LIB_CLI_CURRENT_PROCESS_H_
