#include "lib/cgroup/apply.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/cgroup/check.h"
#include "lib/cgroup/normal.h"
#include "lib/cgroup/settings.h"

namespace cleat::cgroup {
namespace {

using Settings = std::vector<Setting>;

void Warn(const absl::Status& status, Warnings* warnings) {
  if (warnings == nullptr) return;
  warnings->push_back(std::string(status.message()));
}

// What is only missing is no error of a default, and with best effort none at
// all.
class Leniency {
 public:
  Leniency(const proto::CgroupSpec& spec, Warnings* warnings)
      : best_effort_(spec.best_effort()), warnings_(warnings) {}

  bool Forgives(const Setting& setting, const absl::Status& status) const {
    if (!absl::IsFailedPrecondition(status)) return false;
    if (setting.skippable) return true;
    if (best_effort_) Warn(status, warnings_);
    return best_effort_;
  }

 private:
  bool best_effort_;
  Warnings* warnings_;
};

// Writes all, and appends to `written` what was. The kernel refuses as invalid
// what contradicts a value that stands (memory above memory and swap, more
// quota in a short period than the parent has): such a write is tried again
// once others have been done.
absl::Status WriteAll(Settings settings, const Leniency& leniency,
                      Settings& written) {
  while (!settings.empty()) {
    Settings refused;
    absl::Status first;
    for (Setting& setting : settings) {
      const absl::Status status = Write(setting);
      if (status.ok()) {
        written.push_back(std::move(setting));
      } else if (absl::IsInvalidArgument(status)) {
        first.Update(status);
        refused.push_back(std::move(setting));
      } else if (!leniency.Forgives(setting, status)) {
        return status;
      }
    }
    if (refused.size() == settings.size()) return first;
    settings = std::move(refused);
  }
  return absl::OkStatus();
}

absl::Status PutBack(Settings written, const absl::Status& failure) {
  std::reverse(written.begin(), written.end());
  for (Setting& setting : written) {
    setting.value = setting.before;
    setting.verify = false;
  }
  Settings restored;
  const absl::Status status =
      WriteAll(std::move(written), Leniency({}, nullptr), restored);
  if (status.ok()) return failure;
  absl::Status both(failure.code(), absl::StrCat(failure.message(),
                                                 "; then put back what was: ",
                                                 status.message()));
  failure.ForEachPayload([&](absl::string_view url, const absl::Cord& payload) {
    both.SetPayload(url, payload);
  });
  return both;
}

}  // namespace

absl::Status Apply(const proto::CgroupState& state,
                   const proto::CgroupSpec& spec, Warnings* warnings) {
  // Plan has warned of what is missing.
  CLEAT_RETURN_IF_ERROR(CheckControllers(state, spec, nullptr));
  CLEAT_ASSIGN_OR_RETURN(const proto::CgroupSpec normal, Normalize(spec));
  Settings written;
  return WriteAll(SettingsOf(state, normal), Leniency(spec, warnings), written);
}

absl::Status Update(const proto::CgroupState& state,
                    const proto::CgroupSpec& spec, Warnings* warnings,
                    absl::FunctionRef<absl::Status()> then) {
  CLEAT_RETURN_IF_ERROR(CheckSpec(spec));
  CLEAT_RETURN_IF_ERROR(CheckControllers(state, spec, warnings));
  CLEAT_ASSIGN_OR_RETURN(const proto::CgroupSpec normal, Normalize(spec));
  const Leniency leniency(spec, warnings);
  Settings settings, written;
  for (Setting& setting : SettingsOf(state, normal)) {
    absl::StatusOr<std::string> before = Present(setting);
    if (leniency.Forgives(setting, before.status())) continue;
    if (!before.ok()) return before.status();
    setting.before = *std::move(before);
    settings.push_back(std::move(setting));
  }
  absl::Status status = WriteAll(std::move(settings), leniency, written);
  if (status.ok()) status = then();
  return status.ok() ? status : PutBack(std::move(written), status);
}

}  // namespace cleat::cgroup
