#ifndef CLEAT_LIB_JOURNAL_PROCESS_H_
#define CLEAT_LIB_JOURNAL_PROCESS_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/sys/fd.h"
#include "proto/container.pb.h"

// Processes named so that no later one of the same number is taken for them:
// by pid and start time.

namespace cleat::journal {

// The process of this pid now; kNotFound when there is none.
absl::StatusOr<proto::ProcessId> IdentifyProcess(int pid);

proto::ProcessId ThisProcess();

// Whether it still runs (a zombie does not).
bool IsAlive(const proto::ProcessId& process);

// A pidfd of it; kNotFound when it is gone or its number is another's now.
absl::StatusOr<sys::Fd> OpenProcess(const proto::ProcessId& process);

// Sends SIGTERM, waits at most `grace_us` for its end, then sends SIGKILL and
// waits. A container's first process that does not catch SIGTERM gets SIGKILL
// at once. Absence is success.
absl::Status EndProcess(const proto::ProcessId& process, int64_t grace_us);

}  // namespace cleat::journal

#endif  // CLEAT_LIB_JOURNAL_PROCESS_H_
