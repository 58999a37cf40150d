#ifndef CLEAT_LIB_JOURNAL_SELECT_H_
#define CLEAT_LIB_JOURNAL_SELECT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/journal/instance.h"

// Which containers a command means.

namespace cleat::journal {

// All, oldest first. One that vanishes meanwhile is left out.
absl::StatusOr<std::vector<Instance>> SelectAll(const std::string& root);

// By name, id or the beginning of one; kNotFound when one names nothing.
absl::StatusOr<std::vector<Instance>> SelectByReference(
    const std::string& root, const std::vector<std::string>& references);

// Those that have all the labels, each "KEY" or "KEY=VALUE".
absl::StatusOr<std::vector<Instance>> SelectByLabels(
    const std::string& root, const std::vector<std::string>& labels);

// What crashed or killed tools have left: containers that nobody keeps, of
// which every process that worked on them is gone, for a minute at least.
absl::StatusOr<std::vector<Instance>> SelectOrphans(const std::string& root);

// Whether the labels include `wanted`, "KEY" or "KEY=VALUE".
bool HasLabel(const Labels& labels, const std::string& wanted);

}  // namespace cleat::journal

#endif  // CLEAT_LIB_JOURNAL_SELECT_H_
