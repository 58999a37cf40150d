#include "lib/procfs/cgroup.h"

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "lib/base/status_macros.h"
#include "lib/sys/file.h"

namespace cleat::procfs {
namespace {

constexpr size_t kFileLimit = size_t{1} << 20;

bool ParseLine(absl::string_view line, CgroupMembership& membership) {
  // A path may hold colons, and a name= hardly does: the first two separate.
  const std::vector<absl::string_view> words =
      absl::StrSplit(line, absl::MaxSplits(':', 2));
  if (words.size() != 3 || !absl::StartsWith(words[2], "/")) return false;
  membership.controllers = absl::StrSplit(words[1], ',', absl::SkipEmpty());
  membership.path = std::string(absl::StripSuffix(words[2], " (deleted)"));
  return absl::SimpleAtoi(words[0], &membership.hierarchy) &&
         membership.hierarchy >= 0 &&
         membership.unified() == membership.controllers.empty();
}

}  // namespace

absl::StatusOr<std::vector<CgroupMembership>> ParseCgroup(
    absl::string_view text) {
  std::vector<CgroupMembership> memberships;
  for (const absl::string_view line :
       absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    if (!ParseLine(line, memberships.emplace_back())) {
      return absl::InvalidArgumentError(
          absl::StrCat("parse cgroup of a process: line ", memberships.size(),
                       " is malformed: ", line));
    }
  }
  return memberships;
}

absl::StatusOr<std::vector<CgroupMembership>> ReadCgroup(
    const std::string& proc, absl::string_view process) {
  CLEAT_ASSIGN_OR_RETURN(
      const std::string text,
      sys::ReadFile(absl::StrCat(proc, "/", process, "/cgroup"), kFileLimit));
  return ParseCgroup(text);
}

}  // namespace cleat::procfs
