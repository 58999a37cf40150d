#include "lib/cgroup/device_rules.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "lib/base/status_macros.h"
#include "lib/sys/errno.h"

namespace cleat::cgroup {
namespace {

using proto::CgroupSpec;
using proto::oci::DeviceRule;

absl::Status Wrong(absl::string_view flag, absl::string_view text,
                   absl::string_view right) {
  return absl::InvalidArgumentError(
      absl::StrCat("check limits: ", flag, ": '", text, "' is not ", right));
}

bool IsAccess(absl::string_view text) {
  return !text.empty() && text.size() <= 3 &&
         text.find_first_not_of("rwm") == absl::string_view::npos;
}

// "8" or "*"; -1 stands for any.
bool ParseNumber(absl::string_view text, int64_t* number) {
  *number = -1;
  return text == "*" || (absl::SimpleAtoi(text, number) && *number >= 0 &&
                         *number <= UINT32_MAX);
}

bool ParseNumbers(absl::string_view text, DeviceRule& rule) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, ':');
  int64_t major_number = 0, minor_number = 0;
  if (parts.size() != 2 || !ParseNumber(parts[0], &major_number) ||
      !ParseNumber(parts[1], &minor_number)) {
    return false;
  }
  // In brackets: major and minor are macros, too.
  if (major_number >= 0) (rule.set_major)(major_number);
  if (minor_number >= 0) (rule.set_minor)(minor_number);
  return true;
}

DeviceRule Everything(bool allow) {
  DeviceRule rule;
  rule.set_allow(allow);
  rule.set_type("a");
  rule.set_access("rwm");
  return rule;
}

// PATH[:rwm].
absl::StatusOr<DeviceRule> ParseDevice(const std::string& text) {
  std::string path = text, access = "rwm";
  const size_t colon = text.rfind(':');
  if (colon != std::string::npos) {
    path = text.substr(0, colon);
    access = text.substr(colon + 1);
  }
  if (!IsAccess(access)) return Wrong("device", text, "PATH[:rwm]");
  struct stat info;
  if (stat(path.c_str(), &info) != 0) {
    return sys::ErrnoError("check limits: device: ", path);
  }
  if (!S_ISCHR(info.st_mode) && !S_ISBLK(info.st_mode)) {
    return Wrong("device", path, "a device");
  }
  DeviceRule rule;
  rule.set_allow(true);
  rule.set_type(S_ISBLK(info.st_mode) ? "b" : "c");
  (rule.set_major)(major(info.st_rdev));
  (rule.set_minor)(minor(info.st_rdev));
  rule.set_access(access);
  return rule;
}

}  // namespace

absl::StatusOr<DeviceRule> ParseDeviceRule(absl::string_view text) {
  std::vector<absl::string_view> words =
      absl::StrSplit(text, ' ', absl::SkipEmpty());
  const bool deny = !words.empty() && words[0] == "deny";
  if (deny) words.erase(words.begin());
  if (words.size() == 1 && words[0] == "a") return Everything(!deny);
  DeviceRule rule;
  rule.set_allow(!deny);
  const bool right = words.size() == 3 && words[0].size() == 1 &&
                     absl::StrContains("abc", words[0]) &&
                     ParseNumbers(words[1], rule) && IsAccess(words[2]);
  if (!right) {
    return Wrong("device-cgroup-rule", text,
                 "[deny] TYPE MAJOR:MINOR ACCESS, as 'c 1:* rwm'");
  }
  // The kernel takes "a" for all devices whatever the numbers.
  if (words[0] == "a") return Everything(!deny);
  rule.set_type(std::string(words[0]));
  rule.set_access(std::string(words[2]));
  return rule;
}

absl::StatusOr<DeviceRules> AddedDeviceRules(const CgroupSpec& spec) {
  DeviceRules rules;
  for (const std::string& text : spec.device()) {
    CLEAT_ASSIGN_OR_RETURN(*rules.Add(), ParseDevice(text));
  }
  for (const std::string& text : spec.device_cgroup_rule()) {
    CLEAT_ASSIGN_OR_RETURN(*rules.Add(), ParseDeviceRule(text));
  }
  return rules;
}

absl::StatusOr<DeviceRules> DeviceRulesOf(const CgroupSpec& spec) {
  CLEAT_ASSIGN_OR_RETURN(const DeviceRules added, AddedDeviceRules(spec));
  DeviceRules rules;
  if (added.empty()) return rules;
  const bool forbids =
      std::none_of(added.begin(), added.end(),
                   [](const DeviceRule& rule) { return rule.allow(); });
  *rules.Add() = Everything(forbids);
  rules.MergeFrom(added);
  return rules;
}

}  // namespace cleat::cgroup
