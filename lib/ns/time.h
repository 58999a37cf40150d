#ifndef CLEAT_LIB_NS_TIME_H_
#define CLEAT_LIB_NS_TIME_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/types/optional.h"

namespace cleat::ns {

// How far two clocks of a time namespace are from the machine's, in seconds.
struct TimeOffsets {
  absl::optional<int64_t> monotonic;
  absl::optional<int64_t> boottime;
};

// Outside a new time namespace, that of this process's further children: sets
// its offsets, which are fixed once a process is in it (time_namespaces(7),
// /proc/PID/timens_offsets). kPermissionDenied without CAP_SYS_TIME,
// kOutOfRange for what would take a clock below zero or far beyond a century.
absl::Status SetTimeOffsets(const TimeOffsets& offsets);

// Moves the calling process itself, of one thread, into that namespace.
absl::Status EnterTimeForChildren();

}  // namespace cleat::ns

#endif  // CLEAT_LIB_NS_TIME_H_
