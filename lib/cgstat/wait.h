#ifndef CLEAT_LIB_CGSTAT_WAIT_H_
#define CLEAT_LIB_CGSTAT_WAIT_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "lib/cgstat/group.h"

// Waiting until something happens to a group: on v2 poll(2) on its events
// files and PSI triggers (cgroup-v2.rst, accounting/psi.rst), on v1 eventfds
// (cgroup-v1/memory.rst, "Memory thresholds", "OOM Control", "Memory
// Pressure"); who is in a v1 group is looked for again and again.

namespace cleat::cgstat {

enum class Event {
  // A process is killed for want of memory, or (v1, with oom_kill_disable)
  // waits for some.
  kOom,
  // No process is in the group or below it; also that it is gone.
  kEmpty,
  // It is over memory.high (v1: its soft limit).
  kMemoryHigh,
  // Its processes are kept waiting for so long.
  kPressure,
};

// "oom", "empty", "memory-high", "pressure"; kInvalidArgument for another.
absl::StatusOr<Event> ParseEvent(absl::string_view name);

struct WaitOptions {
  Event event = Event::kEmpty;
  absl::Duration timeout = absl::InfiniteDuration();
  // Of kPressure: "memory", "cpu", "io", and how long of how long.
  std::string resource = "memory";
  int64_t stall_us = 100000;
  int64_t window_us = 2000000;
};

// Waits for the event, from now on. kDeadlineExceeded when it did not come in
// time, kNotFound when the group is removed before, kFailedPrecondition where
// this kernel, or the group's hierarchies, cannot tell; kInvalidArgument where
// it refuses stall and window.
absl::Status WaitFor(const Group& group, const WaitOptions& options);

}  // namespace cleat::cgstat

#endif  // CLEAT_LIB_CGSTAT_WAIT_H_
