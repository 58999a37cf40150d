#include "lib/journal/need.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/base/status_macros.h"

namespace cleat::journal {
namespace {

std::string Called(const Instance& instance) {
  return instance.name().empty() ? instance.id().substr(0, 12)
                                 : instance.name();
}

absl::StatusOr<bool> HasNeed(const Instance& user, const std::string& id) {
  CLEAT_ASSIGN_OR_RETURN(const std::vector<proto::Step> steps, user.Steps());
  return std::any_of(steps.begin(), steps.end(), [&](const proto::Step& step) {
    return step.has_needs() && step.needs() == id;
  });
}

// What crashed tools have left needs nothing any more.
absl::StatusOr<bool> IsLive(const Instance& user) {
  CLEAT_ASSIGN_OR_RETURN(const bool kept, user.Kept());
  return kept ? true : user.Claimed();
}

absl::StatusOr<bool> IsNeededBy(const Instance& user, const std::string& id) {
  if (!user.from_this_boot()) return false;
  CLEAT_ASSIGN_OR_RETURN(const bool needed, HasNeed(user, id));
  return needed ? IsLive(user) : false;
}

}  // namespace

absl::Status RecordNeed(Instance& user, const std::string& tool,
                        const std::string& id) {
  CLEAT_ASSIGN_OR_RETURN(const bool recorded, HasNeed(user, id));
  if (recorded) return absl::OkStatus();
  CLEAT_ASSIGN_OR_RETURN(Instance needed, Instance::Open(user.root(), id));
  // While it is being undone, it is too late to need it.
  CLEAT_ASSIGN_OR_RETURN(const sys::Fd lock, needed.Lock());
  CLEAT_RETURN_IF_ERROR(Instance::Open(user.root(), id).status());
  proto::Step step;
  step.set_tool(tool);
  step.set_needs(id);
  CLEAT_RETURN_IF_ERROR(user.Record(step));
  return needed.RecordNeededBy(user.id());
}

absl::StatusOr<std::vector<std::string>> Needers(const Instance& instance) {
  CLEAT_ASSIGN_OR_RETURN(const std::vector<std::string> noted,
                         instance.NeededBy());
  std::vector<std::string> names;
  for (const std::string& id : noted) {
    const absl::StatusOr<Instance> user = Instance::Open(instance.root(), id);
    if (absl::IsNotFound(user.status())) continue;
    if (!user.ok()) return user.status();
    const absl::StatusOr<bool> needed = IsNeededBy(*user, instance.id());
    if (absl::IsNotFound(needed.status())) continue;
    if (!needed.ok()) return needed.status();
    if (*needed) names.push_back(Called(*user));
  }
  return names;
}

absl::Status CheckNotNeeded(const Instance& instance) {
  CLEAT_ASSIGN_OR_RETURN(const std::vector<std::string> names,
                         Needers(instance));
  if (names.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("container ", Called(instance), " is needed by ",
                   absl::StrJoin(names, ", "),
                   " (undo that first, or both together: unwind ",
                   names.front(), " ", Called(instance), ")"));
}

}  // namespace cleat::journal
