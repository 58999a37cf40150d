#include "lib/cgroup/apply.h"

#include <errno.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "lib/base/status_macros.h"
#include "lib/base/trace.h"
#include "lib/cgroup/check.h"
#include "lib/cgroup/limits.h"
#include "lib/sys/file.h"

namespace cleat::cgroup {
namespace {

// One write of one file.
struct Setting {
  absl::string_view field;
  std::string path;
  std::string value;
  bool skippable;
};

using Settings = std::vector<Setting>;

bool Has(const proto::CgroupDirectory& directory,
         absl::string_view controller) {
  const auto& controllers = directory.controllers();
  return std::find(controllers.begin(), controllers.end(), controller) !=
         controllers.end();
}

Settings SettingsOf(const proto::CgroupState& state,
                    const proto::CgroupSpec& spec) {
  const std::vector<Limit> v1 = LimitsV1(spec);
  const std::vector<Limit> v2 = LimitsV2(spec);
  Settings settings;
  for (const proto::CgroupDirectory& directory : state.directories()) {
    for (const Limit& limit : directory.unified() ? v2 : v1) {
      if (!Has(directory, limit.controller)) continue;
      settings.push_back({limit.field,
                          absl::StrCat(directory.path(), "/", limit.file),
                          limit.value, limit.skippable});
    }
  }
  return settings;
}

absl::Status CheckControllers(const proto::CgroupState& state,
                              const proto::CgroupSpec& spec) {
  for (const absl::string_view controller : NeededControllers(spec)) {
    const auto& all = state.directories();
    if (std::none_of(all.begin(), all.end(), [&](const auto& directory) {
          return Has(directory, controller);
        })) {
      return absl::FailedPreconditionError(absl::StrCat(
          "set limits: the container's group is without controller ",
          controller));
    }
  }
  return absl::OkStatus();
}

// For a cpuset: what its parent has to give, which is what can be asked for.
std::string Choice(const Setting& setting) {
  if (!absl::StartsWith(setting.field, "cpuset-")) return "";
  const size_t file = setting.path.find_last_of('/');
  const size_t group = setting.path.find_last_of('/', file - 1);
  const std::string path =
      absl::StrCat(setting.path.substr(0, group), setting.path.substr(file));
  // On v2 the plain file says what was asked for, ".effective" what is.
  absl::StatusOr<std::string> list =
      sys::ReadFile(absl::StrCat(path, ".effective"));
  if (!list.ok()) list = sys::ReadFile(path);
  if (!list.ok()) return "";
  return absl::StrCat(" (there are ", absl::StripSuffix(*list, "\n"), ")");
}

absl::Status Explain(const Setting& setting, const absl::Status& status) {
  return absl::Status(
      status.code(), absl::StrCat("set ", setting.field, ": ", status.message(),
                                  Choice(setting)));
}

absl::Status Missing(const Setting& setting) {
  return absl::FailedPreconditionError(absl::StrCat(
      "set ", setting.field, ": ", setting.path,
      " does not exist: this kernel does not have that limit",
      setting.field == "memory-swap" ? " (boot with swapaccount=1)" : ""));
}

absl::Status Write(const Setting& setting) {
  const std::string shown = absl::StrCat(setting.path, " = ", setting.value);
  trace::Span span("set limit", shown);
  absl::Status status = sys::WriteExisting(setting.path, setting.value);
  if (status.ok()) return status;
  if (absl::IsNotFound(status)) {
    if (setting.skippable) return absl::OkStatus();
    status = Missing(setting);
  } else {
    span.Fail(errno);
    status = Explain(setting, status);
  }
  return status;
}

// Writes all, and appends to `written` what was. The kernel refuses as invalid
// what contradicts a value that stands (memory above memory and swap, more
// quota in a short period than the parent has): such a write is tried again
// once others have been done.
absl::Status WriteAll(Settings settings, Settings& written) {
  while (!settings.empty()) {
    Settings refused;
    absl::Status first;
    for (Setting& setting : settings) {
      const absl::Status status = Write(setting);
      if (status.ok()) {
        written.push_back(std::move(setting));
        continue;
      }
      if (!absl::IsInvalidArgument(status)) return status;
      first.Update(status);
      refused.push_back(std::move(setting));
    }
    if (refused.size() == settings.size()) return first;
    settings = std::move(refused);
  }
  return absl::OkStatus();
}

// The value that stands, as a setting that brings it back.
absl::StatusOr<Setting> Present(const Setting& setting) {
  absl::StatusOr<std::string> value = sys::ReadFile(setting.path);
  if (absl::IsNotFound(value.status())) return Missing(setting);
  if (!value.ok()) return Explain(setting, value.status());
  Setting present = setting;
  // An empty list is written as an empty line: no byte is no write.
  present.value = absl::StripSuffix(*value, "\n").empty() ? "\n" : *value;
  return present;
}

absl::Status PutBack(const Settings& written, const Settings& present,
                     const absl::Status& failure) {
  Settings old;
  for (const Setting& setting : written) {
    const auto same =
        std::find_if(present.begin(), present.end(),
                     [&](const Setting& s) { return s.path == setting.path; });
    if (same != present.end()) old.push_back(*same);
  }
  std::reverse(old.begin(), old.end());
  Settings restored;
  const absl::Status status = WriteAll(std::move(old), restored);
  if (status.ok()) return failure;
  return absl::Status(failure.code(), absl::StrCat(failure.message(),
                                                   "; then put back what was: ",
                                                   status.message()));
}

}  // namespace

absl::Status Apply(const proto::CgroupState& state,
                   const proto::CgroupSpec& spec) {
  CLEAT_RETURN_IF_ERROR(CheckControllers(state, spec));
  Settings written;
  return WriteAll(SettingsOf(state, spec), written);
}

absl::Status Update(const proto::CgroupState& state,
                    const proto::CgroupSpec& spec) {
  CLEAT_RETURN_IF_ERROR(CheckSpec(spec));
  CLEAT_RETURN_IF_ERROR(CheckControllers(state, spec));
  Settings settings, present, written;
  for (Setting& setting : SettingsOf(state, spec)) {
    absl::StatusOr<Setting> standing = Present(setting);
    if (absl::IsFailedPrecondition(standing.status()) && setting.skippable) {
      continue;
    }
    if (!standing.ok()) return standing.status();
    present.push_back(*std::move(standing));
    settings.push_back(std::move(setting));
  }
  const absl::Status status = WriteAll(std::move(settings), written);
  return status.ok() ? status : PutBack(written, present, status);
}

}  // namespace cleat::cgroup
