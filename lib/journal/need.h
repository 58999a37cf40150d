#ifndef CLEAT_LIB_JOURNAL_NEED_H_
#define CLEAT_LIB_JOURNAL_NEED_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/journal/instance.h"

// Containers that use namespaces of others, as those of a pod do. It stands in
// both journals: in the user's as a step, which is the truth, in the other's
// as a note of where to look for that step.

namespace cleat::journal {

// Records, as `tool`, that `user` needs the container `id`; once however often
// it is called. kNotFound when that one is gone.
absl::Status RecordNeed(Instance& user, const std::string& tool,
                        const std::string& id);

// The names, or beginnings of the ids, of the containers that need this one:
// those that exist and still have the step, and are no orphans (SelectOrphans).
absl::StatusOr<std::vector<std::string>> Needers(const Instance& instance);

// kFailedPrecondition naming them when there are any.
absl::Status CheckNotNeeded(const Instance& instance);

}  // namespace cleat::journal

#endif  // CLEAT_LIB_JOURNAL_NEED_H_
