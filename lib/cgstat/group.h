#ifndef CLEAT_LIB_CGSTAT_GROUP_H_
#define CLEAT_LIB_CGSTAT_GROUP_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/cgroup/machine.h"
#include "proto/cgroup.pb.h"

// Groups that exist, found by what people call them: one name, and a directory
// in each hierarchy that has it. Nothing here makes one.

namespace cleat::cgstat {

struct GroupDirectory {
  // Of the machine, which must outlive this.
  const cgroup::Hierarchy* hierarchy;
  std::string path;
};

struct Group {
  // "/cleat-<id>", as /proc/PID/cgroup shows it.
  std::string path;
  // Name or id of the container whose it is, where one was asked for.
  std::string container;
  // In the machine's order: the unified one last.
  std::vector<GroupDirectory> directories;

  std::vector<std::string> Paths() const;
};

// The group of this name in all hierarchies that have it ("/a/b" or "a/b"), or
// a directory below a hierarchy's mount, in that one alone. kNotFound where
// there is none; kInvalidArgument for a path with "..".
absl::StatusOr<Group> FindGroup(const cgroup::Machine& machine,
                                const std::string& path);

// The groups of the process that `machine` was found for; named after the one
// that lies deepest. kFailedPrecondition when no hierarchy is mounted.
absl::StatusOr<Group> OwnGroup(const cgroup::Machine& machine);

// A container's. kNotFound when all directories are gone.
absl::StatusOr<Group> ContainerGroup(const cgroup::Machine& machine,
                                     const proto::CgroupState& state);

// A group and all below it, in the order of a tree walk by name. Only those
// hierarchies are looked at that have one of `controllers`, and the unified
// one; all of them when it is empty; each on one of two threads. Groups that
// vanish meanwhile are left out.
absl::StatusOr<std::vector<Group>> GroupsBelow(
    const cgroup::Machine& machine, const Group& top,
    const std::vector<std::string>& controllers = {});

}  // namespace cleat::cgstat

#endif  // CLEAT_LIB_CGSTAT_GROUP_H_
