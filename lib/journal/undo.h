#ifndef CLEAT_LIB_JOURNAL_UNDO_H_
#define CLEAT_LIB_JOURNAL_UNDO_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "lib/journal/instance.h"
#include "proto/container.pb.h"

// Undoing what the journal says. Every function here may be called any number
// of times: absence is success.

namespace cleat::journal {

struct UndoOptions {
  // How long processes have between SIGTERM and SIGKILL; 0: SIGKILL at once.
  int64_t grace_us = 0;
};

// Undoes one step. `this_boot` is false for a step of before the last start of
// the machine, which left only files behind.
absl::Status UndoStep(const proto::Step& step, bool this_boot,
                      const UndoOptions& options);

// Undoes the steps from number `first` on, newest first, and drops them from
// the journal. Goes on after a failure and returns the first; then the journal
// keeps them all.
absl::Status UndoFrom(Instance& instance, size_t first,
                      const UndoOptions& options);

// Undoes everything and forgets the container. kFailedPrecondition, and nothing
// is undone, while another container needs it (lib/journal/need.h).
absl::Status Unwind(Instance& instance, const UndoOptions& options);

// Removes the state directories that a crash left before the container in them
// was complete, and so before it had any effect; those of the last minute may
// be in the making and are left.
absl::Status ForgetUnborn(const std::string& root);

// In words, as `unwind --dry-run` says it: "remove cgroup /sys/fs/…".
std::string DescribeUndo(const proto::Step& step);

}  // namespace cleat::journal

#endif  // CLEAT_LIB_JOURNAL_UNDO_H_
