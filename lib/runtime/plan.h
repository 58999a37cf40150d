#ifndef CLEAT_LIB_RUNTIME_PLAN_H_
#define CLEAT_LIB_RUNTIME_PLAN_H_

#include <linux/filter.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/mount/options.h"
#include "lib/ns/id_map.h"
#include "lib/ns/write_id_maps.h"
#include "lib/procfs/cgroup.h"
#include "lib/sys/capability.h"
#include "proto/cgroup.pb.h"
#include "proto/oci_runtime.pb.h"

// A container as its first process makes it: an OCI runtime spec with every
// name turned into a number, every string ready to be handed to the kernel,
// and every decision taken. The process after clone only reads it.

namespace cleat::runtime {

// A mount, in order. This and all paths below are the container's own,
// absolute.
struct MountPlan {
  std::string type;
  std::string source;
  std::string destination;
  mount::Options options;
  // Of a mount of cgroups: the container's group in its hierarchy, a directory
  // of the host that need not be there yet; empty: none.
  std::string group;
  // Mounted writable, so that mount points can be made in it, and set
  // read-only when all is mounted.
  bool read_only_at_last = false;
  // Of an idmapped bind: `inside` are the ids on disk.
  ns::IdMap users;
  ns::IdMap groups;

  // What lib/runtime/binds.h finds out about a bind's source: a mount of it
  // that is ready to be attached (-1: none, not owned), and which file it is.
  int tree = -1;
  bool options_by_path = false;
  bool is_file = false;
  dev_t device = 0;
  ino_t inode = 0;

  // Of the process that mounts it: open until the mount is set read-only.
  mutable int attached = -1;
};

struct DevicePlan {
  std::string path;
  mode_t mode = S_IFCHR | 0666;
  dev_t device = 0;
  uid_t uid = 0;
  gid_t gid = 0;
};

struct LinkPlan {
  std::string target;
  std::string path;
};

// A file below /proc/sys and what is written to it.
struct SysctlPlan {
  std::string path;
  std::string value;
};

struct RlimitPlan {
  int resource = 0;
  struct rlimit limit = {};
  std::string name;
};

// What the program is: shared by a container's first process and by those that
// join it.
struct ProcessPlan {
  std::vector<std::string> args;
  std::vector<std::string> env;
  // Where the program may lie: args[0] itself, or in each directory of PATH.
  std::vector<std::string> candidates;
  std::string cwd;
  uid_t uid = 0;
  gid_t gid = 0;
  std::vector<gid_t> groups;
  mode_t umask = 0022;
  sys::CapabilitySets capabilities;
  sys::CapabilitySet bounding = 0;
  sys::CapabilitySet ambient = 0;
  std::vector<RlimitPlan> rlimits;
  bool no_new_privileges = false;
  // Whether it has a terminal of its own, and of what size (0: unknown).
  bool terminal = false;
  struct winsize window = {};
  // What filters its system calls, and SECCOMP_FILTER_FLAG_*; empty: nothing.
  std::vector<sock_filter> filter;
  uint32_t filter_flags = 0;
  // As written to /proc/self/oom_score_adj; empty: as it is.
  std::string oom_score_adj;
  // "exec PROFILE", as written to /proc/self/attr/apparmor/exec; empty: none.
  std::string apparmor;

  // Terminated arrays of `args` and `env`, for execve(2).
  std::vector<char*> argv;
  std::vector<char*> envp;
  // The same of the launcher (launcher/launcher.h), whose variable, the first
  // of its environment, is written by the process itself into this text.
  std::vector<char*> launcher_argv;
  std::vector<char*> launcher_envp;
  std::string launcher_variable;
};

// A namespace that exists, which is joined.
struct NamespacePlan {
  // Its CLONE_NEW* flag.
  uint64_t kind = 0;
  std::string path;
  // Open once OpenNamespaces has been called.
  int fd = -1;
};

struct Plan {
  // CLONE_NEW* that clone makes, and whether a cgroup namespace follows once
  // the process is in its cgroup.
  uint64_t namespaces = 0;
  bool cgroup_namespace = false;
  std::vector<NamespacePlan> joined;
  // Of a new user namespace.
  ns::IdMaps id_maps;
  // MS_* of the whole tree before anything is mounted, and of the root at last
  // (0: none).
  uint64_t propagation = 0;
  uint64_t root_propagation = 0;
  bool root_read_only = false;
  std::string hostname;
  std::string domainname;
  std::vector<MountPlan> mounts;
  std::vector<DevicePlan> devices;
  std::vector<LinkPlan> links;
  std::vector<SysctlPlan> sysctls;
  std::vector<std::string> masked;
  std::vector<std::string> read_only;
  ProcessPlan process;

  bool Makes(uint64_t flag) const { return (namespaces & flag) != 0; }
  bool Joins(uint64_t flag) const;
};

// `cgroups` are the hierarchies of this machine, of which a mount of type
// "cgroup" is made: cgroup2 where there is but the unified one, else a tmpfs
// with each of them in it. They show the container's own `groups`, or what a
// cgroup namespace shows that is joined. kInvalidArgument names the field that
// is wrong, kUnimplemented what is not supported yet. The plan points into
// itself: it may be moved, not copied.
absl::StatusOr<Plan> MakePlan(
    const proto::oci::Spec& spec,
    const std::vector<procfs::CgroupMembership>& cgroups,
    const proto::CgroupState& groups);

// The part of the program alone, with the filter of its system calls.
absl::StatusOr<ProcessPlan> MakeProcessPlan(const proto::oci::Spec& spec);

}  // namespace cleat::runtime

#endif  // CLEAT_LIB_RUNTIME_PLAN_H_
