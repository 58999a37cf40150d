#include "lib/cgroup/settings.h"

#include <errno.h>

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "lib/base/status_macros.h"
#include "lib/base/trace.h"
#include "lib/cgroup/limits.h"
#include "lib/sys/file.h"

namespace cleat::cgroup {
namespace {

// What cures the lack of a file.
constexpr struct {
  absl::string_view field;
  absl::string_view hint;
} kHints[] = {
    {"memory-swap", " (boot with swapaccount=1)"},
    {"blkio-weight", " (it comes with the I/O scheduler bfq: modprobe bfq)"},
    {"io-cost", " (only the hierarchy's root has it: --path=/)"},
    {"kernel-memory",
     " (Linux 5.16 dropped it: kernel memory counts as memory, --memory "
     "limits it)"},
};

absl::string_view HintOf(absl::string_view field) {
  for (const auto& row : kHints) {
    if (row.field == field) return row.hint;
  }
  return "";
}

bool Has(const proto::CgroupDirectory& directory,
         absl::string_view controller) {
  const auto& controllers = directory.controllers();
  return std::find(controllers.begin(), controllers.end(), controller) !=
         controllers.end();
}

bool Holds(const proto::CgroupDirectory& directory,
           absl::string_view controller) {
  if (controller.empty()) return directory.unified();
  return Has(directory, controller);
}

// The file of the same limit in the other version's table.
std::string Elsewhere(const Limit& limit, const std::vector<Limit>& other,
                      const char* version) {
  for (const Limit& there : other) {
    if (there.field != limit.field || there.value == limit.value) continue;
    if (there.unset != nullptr || limit.unset != nullptr) return "";
    return absl::StrCat(" (on ", version, ": ", there.file, " = ", there.value,
                        ")");
  }
  return "";
}

Setting SettingOf(const proto::CgroupDirectory& directory, const Limit& limit,
                  const std::vector<Limit>& other) {
  const std::string& group = directory.path();
  Setting setting;
  setting.field = limit.field;
  setting.path = absl::StrCat(group, "/", limit.file);
  setting.value = limit.value;
  setting.elsewhere =
      Elsewhere(limit, other, directory.unified() ? "v1" : "v2");
  setting.unset = limit.unset;
  setting.skippable = limit.skippable;
  setting.verify = limit.verify;
  if (!limit.other_file.empty() && !sys::Exists(setting.path)) {
    setting.path = absl::StrCat(group, "/", limit.other_file);
    setting.value = limit.other_value;
  }
  return setting;
}

// For a cpuset: what its parent has to give, which is what can be asked for.
std::string Choice(const Setting& setting) {
  if (absl::StartsWith(setting.field, "cpu-rt-")) {
    return " (no group can have more than the one above it)";
  }
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
  return absl::FailedPreconditionError(
      absl::StrCat("set ", setting.field, ": ", setting.path,
                   " does not exist: this kernel does not have that limit",
                   HintOf(setting.field)));
}

absl::Status Verify(const Setting& setting) {
  const std::string stands = sys::ReadFile(setting.path).value_or("");
  if (absl::StripSuffix(stands, "\n") == setting.value) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "set ", setting.field, ": ", setting.path, " remains ",
      absl::StripSuffix(stands, "\n"), ": this kernel takes the limit and ",
      "does nothing with it", HintOf(setting.field)));
}

// memory.oom_control shows more than can be written: its first line is
// "oom_kill_disable 0".
std::string WithoutNames(const std::string& path, const std::string& text) {
  if (!absl::EndsWith(path, "/memory.oom_control")) return text;
  const size_t space = text.find(' ');
  return text.substr(space + 1, text.find('\n') - space - 1);
}

// The line of this key, or what stands for none.
std::string LineOf(const std::string& text, const Setting& setting) {
  const std::string key = setting.value.substr(0, setting.value.find(' ') + 1);
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    if (absl::StartsWith(line, key)) return std::string(line);
  }
  return absl::StrCat(key, setting.unset);
}

absl::Status Lack(const Need& need, bool is_v1, bool is_v2) {
  if (is_v1 && !need.v1.lacking.empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat("set ", need.field, ": ", need.v1.lacking));
  }
  if (is_v2 && !need.v2.lacking.empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat("set ", need.field, ": ", need.v2.lacking));
  }
  return absl::FailedPreconditionError(absl::StrCat(
      "set ", need.field, ": the group is without controller ",
      need.v1.controller, need.v1.controller == need.v2.controller ? "" : "/",
      need.v1.controller == need.v2.controller ? "" : need.v2.controller));
}

absl::Status CheckNeed(const proto::CgroupState& state, const Need& need) {
  bool is_v1 = false, is_v2 = false;
  for (const proto::CgroupDirectory& directory : state.directories()) {
    const Side& side = directory.unified() ? need.v2 : need.v1;
    if (!Holds(directory, side.controller)) continue;
    if (side.lacking.empty()) return absl::OkStatus();
    (directory.unified() ? is_v2 : is_v1) = true;
  }
  return Lack(need, is_v1, is_v2);
}

}  // namespace

std::vector<Setting> SettingsOf(const proto::CgroupState& state,
                                const proto::CgroupSpec& spec) {
  const std::vector<Limit> v1 = LimitsV1(spec);
  const std::vector<Limit> v2 = LimitsV2(spec);
  std::vector<Setting> settings;
  for (const proto::CgroupDirectory& directory : state.directories()) {
    const bool unified = directory.unified();
    for (const Limit& limit : unified ? v2 : v1) {
      if (!Holds(directory, limit.controller)) continue;
      settings.push_back(SettingOf(directory, limit, unified ? v1 : v2));
    }
  }
  return settings;
}

absl::Status CheckControllers(const proto::CgroupState& state,
                              const proto::CgroupSpec& spec,
                              std::vector<std::string>* warnings) {
  for (const Need& need : NeedsOf(spec)) {
    const absl::Status status = CheckNeed(state, need);
    if (status.ok()) continue;
    if (!spec.best_effort()) return status;
    if (warnings != nullptr) {
      warnings->push_back(std::string(status.message()));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> Present(const Setting& setting) {
  const absl::StatusOr<std::string> text = sys::ReadFile(setting.path);
  if (absl::IsNotFound(text.status())) return Missing(setting);
  if (!text.ok()) return Explain(setting, text.status());
  if (setting.unset != nullptr) return LineOf(*text, setting);
  // An empty list is written as an empty line: no byte is no write.
  if (absl::StripSuffix(*text, "\n").empty()) return "\n";
  return WithoutNames(setting.path, *text);
}

absl::Status Write(const Setting& setting) {
  const std::string shown =
      absl::StrCat(setting.path, " = ", setting.value, setting.elsewhere);
  trace::Span span("set limit", shown);
  const absl::Status status = sys::WriteExisting(setting.path, setting.value);
  if (status.ok()) {
    return setting.verify ? Verify(setting) : absl::OkStatus();
  }
  span.Fail(errno);
  if (absl::IsNotFound(status)) return Missing(setting);
  // The kernel dropped kernel-memory with EOPNOTSUPP at first.
  if (setting.verify && absl::IsUnimplemented(status)) {
    return Verify(setting);
  }
  return Explain(setting, status);
}

}  // namespace cleat::cgroup
