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
  std::string group = hierarchy.OwnDirectory();
  if (hierarchy.delegated) {
    if (MayHold(hierarchy, group, needed)) return group;
    return absl::nullopt;
  }
  if (MayHold(hierarchy, hierarchy.mount, needed)) return hierarchy.mount;
  while (group.size() > hierarchy.mount.size()) {
    if (MayHold(hierarchy, group, needed)) return group;
    if (!hierarchy.unified) break;
    group.resize(group.find_last_of('/'));
  }
  return absl::nullopt;
}

// v2's controllers that nobody has enabled for the user: the cure names them.
std::string Withheld(const Hierarchy& hierarchy, const Controllers& needed) {
  const std::vector<std::string> own =
      WordsOf(absl::StrCat(hierarchy.OwnDirectory(), "/cgroup.controllers"));
  Controllers missing;
  for (const absl::string_view name : needed) {
    if (!Contains(own, name)) missing.push_back(name);
  }
  if (missing.empty()) return "";
  return absl::StrCat(
      "; delegate what is missing, ", absl::StrJoin(missing, " "),
      ": systemctl edit user@.service, and there [Service] Delegate=cpu cpuset "
      "io memory pids");
}

bool AreUsual(const Controllers& controllers) {
  return std::all_of(
      controllers.begin(), controllers.end(), [](absl::string_view name) {
        return std::find(std::begin(kUsual), std::end(kUsual), name) !=
               std::end(kUsual);
      });
}

absl::Status Unusable(const Hierarchy& hierarchy, const Controllers& needed) {
  const std::string list = absl::StrJoin(needed, ", ");
  if (hierarchy.read_only) {
    return absl::FailedPreconditionError(
        absl::StrCat("use controllers ", list, ": ", hierarchy.mount,
                     " is mounted read-only; remount it read-write"));
  }
  if (hierarchy.delegated) {
    return absl::FailedPreconditionError(absl::StrCat(
        "use controllers ", list, ": systemd has not handed all of them to ",
        hierarchy.OwnDirectory(),
        AreUsual(needed) ? Withheld(hierarchy, needed)
                         : "; it knows cpu, cpuset, io, memory and pids: leave "
                           "--systemd out"));
  }
  const std::string own = hierarchy.OwnDirectory();
  const std::string places =
      own == hierarchy.mount
          ? absl::StrCat(own, " may not ")
          : absl::StrCat("neither ", hierarchy.mount, " nor ", own, " may ");
  return absl::FailedPreconditionError(absl::StrCat(
      "use controllers ", list, ": ", places,
      hierarchy.unified
          ? "have groups with them; run this in a delegated group: "
            "systemd-run --user --scope -p Delegate=yes"
          : "be written to; run this as root or in a group that is the "
            "user's own",
      hierarchy.unified ? Withheld(hierarchy, needed) : ""));
}

absl::Status Absent(const Need& need) {
  const std::string& controller =
      need.v1.controller.empty() ? need.v2.controller : need.v1.controller;
  if (controller.empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat("set ", need.field, ": no unified hierarchy is mounted"));
  }
  return absl::FailedPreconditionError(absl::StrCat(
      "use controller ", controller,
      ": no cgroup hierarchy here has it; mount one (mount -t cgroup -o ",
      controller, " none DIR), or boot without cgroup_disable=", controller));
}

bool Serves(const Hierarchy& hierarchy, const Need& need) {
  const Side& side = hierarchy.unified ? need.v2 : need.v1;
  if (side.controller.empty()) return hierarchy.unified;
  return hierarchy.Has(side.controller);
}

// What of a spec's needs is asked of one hierarchy.
class Needs {
 public:
  // kFailedPrecondition where one cannot be had on this machine.
  static absl::StatusOr<Needs> Of(const Machine& machine,
                                  const proto::CgroupSpec& spec,
                                  std::vector<std::string>* warnings) {
    Needs needs(spec.best_effort(), warnings);
    for (const Need& need : NeedsOf(spec)) {
      CLEAT_RETURN_IF_ERROR(needs.Forgive(needs.Place(machine, need)));
    }
    return needs;
  }

  // Error-free when the spec asks for no more than what can be had.
  absl::Status Forgive(const absl::Status& status) const {
    if (status.ok() || !best_effort_) return status;
    if (warnings_ != nullptr) {
      warnings_->push_back(std::string(status.message()));
    }
    return absl::OkStatus();
  }

  Controllers For(const Hierarchy& hierarchy) const {
    Controllers controllers;
    for (const auto& [owner, name] : placed_) {
      if (owner == &hierarchy) controllers.push_back(name);
    }
    return controllers;
  }

 private:
  Needs(bool best_effort, std::vector<std::string>* warnings)
      : best_effort_(best_effort), warnings_(warnings) {}

  absl::Status Place(const Machine& machine, const Need& need) {
    absl::Status status = Absent(need);
    for (const Hierarchy& hierarchy : machine.hierarchies) {
      if (!Serves(hierarchy, need)) continue;
      const Side& side = hierarchy.unified ? need.v2 : need.v1;
      if (!side.lacking.empty()) {
        status = absl::FailedPreconditionError(
            absl::StrCat("set ", need.field, ": ", side.lacking));
        continue;
      }
      if (!side.controller.empty()) {
        placed_.emplace_back(&hierarchy, side.controller);
      }
      return absl::OkStatus();
    }
    return status;
  }

  bool best_effort_;
  std::vector<std::string>* warnings_;
  std::vector<std::pair<const Hierarchy*, std::string>> placed_;
};
absl::Status CheckId(absl::string_view id) {
  if (id.empty() || id == "." || id == ".." || absl::StrContains(id, '/')) {
    return absl::InvalidArgumentError(
        absl::StrCat("name a cgroup: '", id, "' is no file name"));
  }
  return absl::OkStatus();
}

// v1: all of the hierarchy's. v2: those of its base that containers use, and
// those needed.
void AddControllers(const Hierarchy& hierarchy, const std::string& base,
                    const Controllers& needed,
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
  for (const absl::string_view name : needed) {
    const auto& added = directory.controllers();
    if (std::find(added.begin(), added.end(), name) == added.end()) {
      directory.add_controllers(std::string(name));
    }
  }
}

absl::string_view GroupPath(const Hierarchy& hierarchy,
                            absl::string_view directory) {
  return directory.substr(hierarchy.mount.size());
}

proto::CgroupDirectory& AddDirectory(const Hierarchy& hierarchy,
                                     const std::string& base,
                                     const std::string& path,
                                     proto::CgroupState& state) {
  proto::CgroupDirectory& directory = *state.add_directories();
  directory.set_base(base);
  directory.set_path(path);
  directory.set_unified(hierarchy.unified);
  if (!state.has_path() || hierarchy.delegated) {
    const absl::string_view group = GroupPath(hierarchy, path);
    state.set_path(group.empty() ? "/" : std::string(group));
  }
  return directory;
}

absl::Status AddForId(const Hierarchy& hierarchy, absl::string_view id,
                      const Controllers& needed, proto::CgroupState& state) {
  const absl::optional<std::string> base = ChooseBase(hierarchy, needed);
  if (!base.has_value()) {
    return needed.empty() ? absl::OkStatus() : Unusable(hierarchy, needed);
  }
  proto::CgroupDirectory& directory =
      AddDirectory(hierarchy, *base, absl::StrCat(*base, "/cleat-", id), state);
  AddControllers(hierarchy, *base, needed, directory);
  return absl::OkStatus();
}

// What of `path` is there already; at least the mount.
std::string NearestGroup(const Hierarchy& hierarchy, std::string path) {
  while (path.size() > hierarchy.mount.size() && !sys::Exists(path)) {
    path.resize(path.find_last_of('/'));
  }
  return path;
}

// Of a group that is there, what it has; of a new one what it can have.
void AddControllersAt(const Hierarchy& hierarchy, const std::string& base,
                      const Controllers& needed,
                      proto::CgroupDirectory& directory) {
  const bool is_new = base != directory.path();
  const Controllers usual(std::begin(kUsual), std::end(kUsual));
  if (!hierarchy.unified || (is_new && MayDelegate(base, usual))) {
    AddControllers(hierarchy, base, needed, directory);
  } else if (is_new) {
    for (const absl::string_view name : needed) {
      directory.add_controllers(std::string(name));
    }
  } else {
    for (const std::string& name :
         WordsOf(absl::StrCat(base, "/cgroup.controllers"))) {
      directory.add_controllers(name);
    }
  }
}

// v2: the group from which the needed controllers can be handed down.
std::string BaseWith(const Hierarchy& hierarchy, const Controllers& needed,
                     std::string base) {
  if (!hierarchy.unified) return base;
  const auto lacks_one = [&] {
    const std::vector<std::string> available =
        WordsOf(absl::StrCat(base, "/cgroup.controllers"));
    return std::any_of(
        needed.begin(), needed.end(),
        [&](absl::string_view name) { return !Contains(available, name); });
  };
  while (base.size() > hierarchy.mount.size() && lacks_one()) {
    base.resize(base.find_last_of('/'));
  }
  return base;
}

absl::Status AddForPath(const Hierarchy& hierarchy, const std::string& group,
                        const Controllers& needed, proto::CgroupState& state) {
  const std::string path = absl::StrCat(hierarchy.mount, group);
  const std::string base =
      BaseWith(hierarchy, needed, NearestGroup(hierarchy, path));
  if (!Writable(hierarchy, base)) {
    return needed.empty() ? absl::OkStatus() : Unusable(hierarchy, needed);
  }
  proto::CgroupDirectory& directory =
      AddDirectory(hierarchy, base, path, state);
  AddControllersAt(hierarchy, base, needed, directory);
  return absl::OkStatus();
}

// "/a/b" of "a/b/"; "" of "/".
absl::StatusOr<std::string> CleanPath(absl::string_view path) {
  std::string clean;
  for (const absl::string_view name :
       absl::StrSplit(path, '/', absl::SkipEmpty())) {
    if (name == "." || name == "..") {
      return absl::InvalidArgumentError(absl::StrCat(
          "find cgroup ", path, ": give a path without '.' and '..'"));
    }
    absl::StrAppend(&clean, "/", name);
  }
  return clean;
}

// The hierarchy in whose mount a directory lies.
const Hierarchy* HierarchyOf(const Machine& machine,
                             absl::string_view directory) {
  const Hierarchy* best = nullptr;
  for (const Hierarchy& hierarchy : machine.hierarchies) {
    absl::string_view rest = directory;
    if (!absl::ConsumePrefix(&rest, hierarchy.mount)) continue;
    if (!rest.empty() && rest[0] != '/') continue;
    if (best == nullptr || best->mount.size() < hierarchy.mount.size()) {
      best = &hierarchy;
    }
  }
  return best;
}

absl::Status NoGroup(absl::string_view path) {
  return absl::FailedPreconditionError(absl::StrCat(
      "use cgroup ", path,
      ": no hierarchy in which it can be written to; run this as root or in a "
      "group that is the user's own"));
}

}  // namespace

absl::StatusOr<proto::CgroupState> Plan(const Machine& machine,
                                        absl::string_view id,
                                        const proto::CgroupSpec& spec,
                                        std::vector<std::string>* warnings) {
  CLEAT_RETURN_IF_ERROR(CheckId(id));
  CLEAT_RETURN_IF_ERROR(CheckSpec(spec));
  CLEAT_ASSIGN_OR_RETURN(const Needs needs, Needs::Of(machine, spec, warnings));
  proto::CgroupState state;
  for (const Hierarchy& hierarchy : machine.hierarchies) {
    CLEAT_RETURN_IF_ERROR(
        needs.Forgive(AddForId(hierarchy, id, needs.For(hierarchy), state)));
  }
  return state;
}

absl::StatusOr<proto::CgroupState> PlanPath(
    const Machine& machine, absl::string_view path,
    const proto::CgroupSpec& spec, std::vector<std::string>* warnings) {
  CLEAT_RETURN_IF_ERROR(CheckSpec(spec));
  CLEAT_ASSIGN_OR_RETURN(std::string group, CleanPath(path));
  Machine part = machine;
  if (const Hierarchy* const only = HierarchyOf(machine, path)) {
    group = group.substr(only->mount.size());
    part.hierarchies = {*only};
  }
  CLEAT_ASSIGN_OR_RETURN(const Needs needs, Needs::Of(part, spec, warnings));
  proto::CgroupState state;
  for (const Hierarchy& hierarchy : part.hierarchies) {
    CLEAT_RETURN_IF_ERROR(needs.Forgive(
        AddForPath(hierarchy, group, needs.For(hierarchy), state)));
  }
  if (state.directories_size() == 0) return NoGroup(path);
  return state;
}

absl::StatusOr<proto::CgroupState> PlanBelow(
    const Machine& machine, const proto::CgroupState& parent,
    absl::string_view id, const proto::CgroupSpec& spec,
    std::vector<std::string>* warnings) {
  CLEAT_RETURN_IF_ERROR(CheckId(id));
  CLEAT_RETURN_IF_ERROR(CheckSpec(spec));
  CLEAT_ASSIGN_OR_RETURN(const Needs needs, Needs::Of(machine, spec, warnings));
  proto::CgroupState state;
  for (const proto::CgroupDirectory& above : parent.directories()) {
    const Hierarchy* const hierarchy = HierarchyOf(machine, above.path());
    if (hierarchy == nullptr) continue;
    CLEAT_RETURN_IF_ERROR(needs.Forgive(AddForPath(
        *hierarchy, absl::StrCat(GroupPath(*hierarchy, above.path()), "/", id),
        needs.For(*hierarchy), state)));
  }
  if (state.directories_size() == 0) return NoGroup(parent.path());
  return state;
}

}  // namespace cleat::cgroup
