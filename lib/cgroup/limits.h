#ifndef CLEAT_LIB_CGROUP_LIMITS_H_
#define CLEAT_LIB_CGROUP_LIMITS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "proto/cgroup.pb.h"

// What a CgroupSpec means in kernel files: one table for v1 and one for v2.
// Sources: Documentation/admin-guide/cgroup-v1/*.rst and cgroup-v2.rst; the
// OCI runtime spec, config-linux.md, and for what it leaves open crun.1,
// "CGROUP V2", and runc.

namespace cleat::cgroup {

// One file of one controller and what is to be written to it.
struct Limit {
  // The flag that asked for it, "memory-swap": for errors.
  absl::string_view field;
  // Empty for a file that every group of the unified hierarchy has.
  std::string controller;
  std::string file;
  std::string value;
  // For a kernel that has not `file` but this one.
  std::string other_file = {};
  std::string other_value = {};
  // Where the value is a line that begins with a key, as a device's number:
  // what stands after that for no limit. Null for a file with one value.
  const char* unset = nullptr;
  // Not asked for but a default: left out where the kernel lacks the file.
  bool skippable = false;
  // Kernels may take the value and do nothing: read it again.
  bool verify = false;
};

// The limits of a spec that Normalize returned, in an order that is right for a
// new group.
std::vector<Limit> LimitsV1(const proto::CgroupSpec& spec);
std::vector<Limit> LimitsV2(const proto::CgroupSpec& spec);

// What one version needs for a limit.
struct Side {
  // "memory", "blkio", "io"; empty for files that every group has.
  std::string controller;
  // Why this version has no such limit; empty where it has.
  std::string lacking = {};
};

// Where a limit can be had.
struct Need {
  absl::string_view field;
  Side v1;
  Side v2;
};

// What such a spec needs, each pair of controllers once.
std::vector<Need> NeedsOf(const proto::CgroupSpec& spec);

// `spec` without the values that stand for none in Docker, so that a script can
// pass on what it was not given: 0 of memory-swap, cpu-shares, cpu-period and
// blkio-weight, -1 of memory-swappiness, an empty cpuset.
proto::CgroupSpec WithoutNone(proto::CgroupSpec spec);

// `previous` with what `change` sets: --cpus replaces quota and period, and
// the other way round; an entry of a list replaces that of the same device.
proto::CgroupSpec Merge(const proto::CgroupSpec& previous,
                        const proto::CgroupSpec& change);

}  // namespace cleat::cgroup

#endif  // CLEAT_LIB_CGROUP_LIMITS_H_
