#include "lib/cgroup/plan.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/types/optional.h"
#include "lib/base/status_macros.h"
#include "lib/cgroup/check.h"
#include "lib/cgroup/limits.h"
#include "lib/sys/file.h"

namespace cleat::cgroup {
namespace {

using Controllers = std::vector<absl::string_view>;

// What a container's group on v2 has where it can be had: what limits may
// need, now or later, and what is counted.
constexpr absl::string_view kUsual[] = {"cpu", "cpuset", "io", "memory",
                                        "pids"};

bool Contains(const std::vector<std::string>& words, absl::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// The words of a file; none when it cannot be read.
std::vector<std::string> WordsOf(const std::string& path) {
  const std::string text = sys::ReadFile(path).value_or("");
  return absl::StrSplit(text, absl::ByAnyChar(" \n"), absl::SkipEmpty());
}

bool Writable(const Hierarchy& hierarchy, const std::string& directory) {
  return !hierarchy.read_only &&
         faccessat(AT_FDCWD, directory.c_str(), W_OK, AT_EACCESS) == 0;
}

// Whether groups below `group` have, or can be given, these controllers. The
// real root may have processes beside children; cgroup.type tells the others.
bool MayDelegate(const std::string& group, const Controllers& needed) {
  if (needed.empty()) return true;
  const std::vector<std::string> available =
      WordsOf(absl::StrCat(group, "/cgroup.controllers"));
  const std::vector<std::string> enabled =
      WordsOf(absl::StrCat(group, "/cgroup.subtree_control"));
  const bool may_enable = !sys::Exists(absl::StrCat(group, "/cgroup.type")) ||
                          WordsOf(absl::StrCat(group, "/cgroup.procs")).empty();
  return std::all_of(needed.begin(), needed.end(), [&](absl::string_view c) {
    return Contains(enabled, c) || (may_enable && Contains(available, c));
  });
}

bool MayHold(const Hierarchy& hierarchy, const std::string& group,
             const Controllers& needed) {
  return Writable(hierarchy, group) &&
         (!hierarchy.unified || MayDelegate(group, needed));
}

// The group to make children in; none when there is none.
absl::optional<std::string> ChooseBase(const Hierarchy& hierarchy,
                                       const Controllers& needed) {
  if (MayHold(hierarchy, hierarchy.mount, needed)) return hierarchy.mount;
  std::string group = hierarchy.OwnDirectory();
  while (group.size() > hierarchy.mount.size()) {
    if (MayHold(hierarchy, group, needed)) return group;
    if (!hierarchy.unified) break;
    group.resize(group.find_last_of('/'));
  }
  return absl::nullopt;
}

Controllers NeededOf(const Hierarchy& hierarchy, const Controllers& needed,
                     const Machine& machine) {
  Controllers own;
  for (const absl::string_view controller : needed) {
    if (machine.Find(controller) == &hierarchy) own.push_back(controller);
  }
  return own;
}

absl::Status Unusable(const Hierarchy& hierarchy, const Controllers& needed) {
  const std::string list = absl::StrJoin(needed, ", ");
  if (hierarchy.read_only) {
    return absl::FailedPreconditionError(
        absl::StrCat("use controllers ", list, ": ", hierarchy.mount,
                     " is mounted read-only; remount it read-write"));
  }
  return absl::FailedPreconditionError(absl::StrCat(
      "use controllers ", list, ": neither ", hierarchy.mount, " nor ",
      hierarchy.OwnDirectory(),
      hierarchy.unified
          ? " may have groups with them; run this in a delegated group: "
            "systemd-run --user --scope -p Delegate=yes"
          : " may be written to; run this as root or in a group that is the "
            "user's own"));
}

absl::Status CheckPresent(const Machine& machine, const Controllers& needed) {
  for (const absl::string_view controller : needed) {
    if (machine.Find(controller) != nullptr) continue;
    return absl::FailedPreconditionError(absl::StrCat(
        "use controller ", controller,
        ": no cgroup hierarchy here has it; mount one (mount -t cgroup -o ",
        controller, " none DIR), or boot without cgroup_disable=", controller));
  }
  return absl::OkStatus();
}

absl::Status CheckId(absl::string_view id) {
  if (id.empty() || id == "." || id == ".." || absl::StrContains(id, '/')) {
    return absl::InvalidArgumentError(
        absl::StrCat("name a cgroup: '", id, "' is no file name"));
  }
  return absl::OkStatus();
}

// v1: all of the hierarchy's. v2: those of its base that containers use.
void AddControllers(const Hierarchy& hierarchy, const std::string& base,
                    proto::CgroupDirectory& directory) {
  if (!hierarchy.unified) {
    for (const std::string& name : hierarchy.controllers) {
      directory.add_controllers(name);
    }
    return;
  }
  const std::vector<std::string> available =
      WordsOf(absl::StrCat(base, "/cgroup.controllers"));
  for (const absl::string_view name : kUsual) {
    if (Contains(available, name)) directory.add_controllers(std::string(name));
  }
}

absl::string_view GroupPath(const Hierarchy& hierarchy,
                            absl::string_view directory) {
  return directory.substr(hierarchy.mount.size());
}

absl::Status AddDirectory(const Hierarchy& hierarchy, absl::string_view id,
                          const Controllers& needed,
                          proto::CgroupState& state) {
  const absl::optional<std::string> base = ChooseBase(hierarchy, needed);
  if (!base.has_value()) {
    return needed.empty() ? absl::OkStatus() : Unusable(hierarchy, needed);
  }
  proto::CgroupDirectory& directory = *state.add_directories();
  AddControllers(hierarchy, *base, directory);
  directory.set_base(*base);
  directory.set_path(absl::StrCat(*base, "/cleat/", id));
  directory.set_unified(hierarchy.unified);
  if (!state.has_path()) {
    state.set_path(std::string(GroupPath(hierarchy, directory.path())));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<proto::CgroupState> Plan(const Machine& machine,
                                        absl::string_view id,
                                        const proto::CgroupSpec& spec) {
  CLEAT_RETURN_IF_ERROR(CheckId(id));
  CLEAT_RETURN_IF_ERROR(CheckSpec(spec));
  const Controllers needed = NeededControllers(spec);
  CLEAT_RETURN_IF_ERROR(CheckPresent(machine, needed));
  proto::CgroupState state;
  for (const Hierarchy& hierarchy : machine.hierarchies) {
    CLEAT_RETURN_IF_ERROR(AddDirectory(
        hierarchy, id, NeededOf(hierarchy, needed, machine), state));
  }
  return state;
}

}  // namespace cleat::cgroup
