#include "lib/journal/select.h"

#include <algorithm>

#include "absl/strings/str_split.h"
#include "lib/base/status_macros.h"

namespace cleat::journal {
namespace {

constexpr double kOrphanSeconds = 60;

absl::StatusOr<bool> IsOrphan(const Instance& instance) {
  CLEAT_ASSIGN_OR_RETURN(const bool kept, instance.Kept());
  if (kept) return false;
  CLEAT_ASSIGN_OR_RETURN(const bool claimed, instance.Claimed());
  if (claimed) return false;
  CLEAT_ASSIGN_OR_RETURN(const double idle, instance.IdleSeconds());
  return idle >= kOrphanSeconds || !instance.from_this_boot();
}

}  // namespace

absl::StatusOr<std::vector<Instance>> SelectAll(const std::string& root) {
  CLEAT_ASSIGN_OR_RETURN(const std::vector<std::string> ids, List(root));
  std::vector<Instance> instances;
  for (const std::string& id : ids) {
    absl::StatusOr<Instance> instance = Instance::Open(root, id);
    if (absl::IsNotFound(instance.status())) continue;
    if (!instance.ok()) return instance.status();
    instances.push_back(*std::move(instance));
  }
  std::stable_sort(instances.begin(), instances.end(),
                   [](const Instance& a, const Instance& b) {
                     return a.created() < b.created();
                   });
  return instances;
}

absl::StatusOr<std::vector<Instance>> SelectByReference(
    const std::string& root, const std::vector<std::string>& references) {
  std::vector<Instance> instances;
  for (const std::string& reference : references) {
    CLEAT_ASSIGN_OR_RETURN(const std::string id, Resolve(root, reference));
    CLEAT_ASSIGN_OR_RETURN(Instance instance, Instance::Open(root, id));
    instances.push_back(std::move(instance));
  }
  return instances;
}

absl::StatusOr<std::vector<Instance>> SelectByLabels(
    const std::string& root, const std::vector<std::string>& labels) {
  CLEAT_ASSIGN_OR_RETURN(std::vector<Instance> instances, SelectAll(root));
  const auto lacks_one = [&](const Instance& instance) {
    return !std::all_of(labels.begin(), labels.end(),
                        [&](const std::string& label) {
                          return HasLabel(instance.labels(), label);
                        });
  };
  instances.erase(std::remove_if(instances.begin(), instances.end(), lacks_one),
                  instances.end());
  return instances;
}

absl::StatusOr<std::vector<Instance>> SelectOrphans(const std::string& root) {
  CLEAT_ASSIGN_OR_RETURN(std::vector<Instance> all, SelectAll(root));
  std::vector<Instance> orphans;
  for (Instance& instance : all) {
    const absl::StatusOr<bool> orphan = IsOrphan(instance);
    // It has been unwound meanwhile.
    if (absl::IsNotFound(orphan.status())) continue;
    if (!orphan.ok()) return orphan.status();
    if (*orphan) orphans.push_back(std::move(instance));
  }
  return orphans;
}

bool HasLabel(const Labels& labels, const std::string& wanted) {
  const std::pair<std::string, std::string> parts =
      absl::StrSplit(wanted, absl::MaxSplits('=', 1));
  const auto label = labels.find(parts.first);
  if (label == labels.end()) return false;
  return wanted == parts.first || label->second == parts.second;
}

}  // namespace cleat::journal
