#ifndef CLEAT_LIB_CGROUP_LIMITS_H_
#define CLEAT_LIB_CGROUP_LIMITS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "proto/cgroup.pb.h"

// What a CgroupSpec means in kernel files: one table for v1 and one for v2.

namespace cleat::cgroup {

// One file of one controller and what is to be written to it.
struct Limit {
  // The flag that asked for it, "memory-swap": for errors.
  absl::string_view field;
  absl::string_view controller;
  absl::string_view file;
  std::string value;
  // Not asked for but a default: left out where the kernel lacks the file.
  bool skippable = false;
};

// The limits of a spec that CheckSpec accepts, in an order that is right for a
// new group.
std::vector<Limit> LimitsV1(const proto::CgroupSpec& spec);
std::vector<Limit> LimitsV2(const proto::CgroupSpec& spec);

// The controllers that such a spec needs, each once; "memory", "cpu",
// "cpuset", "pids".
std::vector<absl::string_view> NeededControllers(const proto::CgroupSpec& spec);

// `previous` with what `change` sets: --cpus replaces quota and period, and
// the other way round.
proto::CgroupSpec Merge(const proto::CgroupSpec& previous,
                        const proto::CgroupSpec& change);

}  // namespace cleat::cgroup

#endif  // CLEAT_LIB_CGROUP_LIMITS_H_
