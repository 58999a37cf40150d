#include "lib/runtime/plan.h"

#include <sched.h>
#include <sys/mount.h>
#include <sys/sysmacros.h>

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "lib/base/status_macros.h"
#include "lib/runtime/defaults.h"
#include "lib/runtime/namespaces.h"
#include "lib/runtime/sysctl.h"

namespace cleat::runtime {
namespace {

using Cgroups = std::vector<procfs::CgroupMembership>;

// A path of the container's own: openat2(2) takes its "/" for the root that it
// is given.
absl::StatusOr<std::string> PathInside(absl::string_view field,
                                       const std::string& path) {
  if (absl::StartsWith(path, "/") && path.find('\0') == std::string::npos) {
    return path;
  }
  return absl::InvalidArgumentError(
      absl::StrCat(field, " '", path, "': give an absolute path"));
}

// A tmpfs is filled before it is set read-only.
void Defer(MountPlan& mount) {
  if (mount.type != "tmpfs") return;
  mount.read_only_at_last = (mount.options.set & MOUNT_ATTR_RDONLY) != 0;
  mount.options.set &= ~uint64_t{MOUNT_ATTR_RDONLY};
}

// Where a hierarchy of v1 is mounted below /sys/fs/cgroup: "cpu,cpuacct",
// "systemd", "unified".
std::string HierarchyName(const procfs::CgroupMembership& cgroup) {
  if (cgroup.unified()) return "unified";
  return absl::StrReplaceAll(absl::StrJoin(cgroup.controllers, ","),
                             {{"name=", ""}});
}

// The controllers of v1 are flags of the file system; a hierarchy without any
// is found by its name.
void AddControllers(const procfs::CgroupMembership& cgroup, MountPlan& mount) {
  for (const std::string& controller : cgroup.controllers) {
    const bool named = absl::StartsWith(controller, "name=");
    if (named) {
      mount.options.parameters.push_back({"none", "", true});
      mount.options.parameters.push_back({"name", controller.substr(5), false});
    } else {
      mount.options.parameters.push_back({controller, "", true});
    }
  }
}

std::string GroupIn(const procfs::CgroupMembership& cgroup,
                    const proto::CgroupState& groups) {
  for (const proto::CgroupDirectory& group : groups.directories()) {
    const auto& controllers = group.controllers();
    const bool same =
        cgroup.unified()
            ? group.unified()
            : std::equal(controllers.begin(), controllers.end(),
                         cgroup.controllers.begin(), cgroup.controllers.end());
    if (same) return group.path();
  }
  return "";
}

MountPlan HierarchyMount(const procfs::CgroupMembership& cgroup,
                         const proto::CgroupState& groups,
                         const MountPlan& asked) {
  MountPlan mount;
  mount.type = cgroup.unified() ? "cgroup2" : "cgroup";
  mount.source = "cgroup";
  mount.destination =
      absl::StrCat(asked.destination, "/", HierarchyName(cgroup));
  mount.options.set = asked.options.set;
  mount.group = GroupIn(cgroup, groups);
  AddControllers(cgroup, mount);
  return mount;
}

// /sys/fs/cgroup/cpu for a hierarchy that has cpu and cpuacct together.
void AddControllerLinks(const procfs::CgroupMembership& cgroup,
                        const std::string& directory, Plan& plan) {
  if (cgroup.controllers.size() < 2) return;
  for (const std::string& controller : cgroup.controllers) {
    plan.links.push_back(
        {HierarchyName(cgroup), absl::StrCat(directory, "/", controller)});
  }
}

// A mount of type "cgroup" shows what the machine has (runtime-spec,
// config-linux.md; runc does the same).
void AddCgroupMounts(MountPlan asked, const Cgroups& cgroups,
                     const proto::CgroupState& groups, Plan& plan) {
  const bool unified = cgroups.size() == 1 && cgroups[0].unified();
  if (unified) {
    asked.type = "cgroup2";
    asked.group = GroupIn(cgroups[0], groups);
    plan.mounts.push_back(asked);
    return;
  }
  MountPlan directory = asked;
  directory.type = "tmpfs";
  directory.source = "cgroup";
  directory.options.parameters = {{"mode", "755", false}};
  Defer(directory);
  plan.mounts.push_back(directory);
  for (const procfs::CgroupMembership& cgroup : cgroups) {
    plan.mounts.push_back(HierarchyMount(cgroup, groups, asked));
    AddControllerLinks(cgroup, asked.destination, plan);
  }
}

ns::IdMap MapOf(
    const google::protobuf::RepeatedPtrField<proto::oci::IdMapping>& own,
    const google::protobuf::RepeatedPtrField<proto::oci::IdMapping>& usual) {
  ns::IdMap map;
  for (const proto::oci::IdMapping& range : own.empty() ? usual : own) {
    map.push_back({range.container_id(), range.host_id(), range.size()});
  }
  return map;
}

absl::Status AddIdMaps(const proto::oci::Mount& asked,
                       const proto::oci::Linux& parts, MountPlan& mount) {
  mount.users = MapOf(asked.uid_mappings(), parts.uid_mappings());
  mount.groups = MapOf(asked.gid_mappings(), parts.gid_mappings());
  if (!mount.users.empty() && !mount.groups.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "mount ", mount.destination, ": option idmap needs ranges of users and ",
      "groups, or a user namespace that has them"));
}

absl::Status CheckBind(const MountPlan& mount) {
  if (!absl::StartsWith(mount.source, "/")) {
    return absl::InvalidArgumentError(
        absl::StrCat("mount ", mount.destination, ": source '", mount.source,
                     "': a bind needs an absolute path"));
  }
  if (mount.options.parameters.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "mount ", mount.destination, ": option '",
      mount.options.parameters[0].key, "': a bind has no such option"));
}

// runtime-spec, config.md: a bind is told by its options; its type is ignored.
// Nothing passes between it and its source's mount unless that is asked for.
absl::Status AddBind(const proto::oci::Mount& asked,
                     const proto::oci::Linux& parts, MountPlan mount,
                     Plan& plan) {
  mount.type = "bind";
  if (mount.options.propagation == 0) {
    mount.options.propagation = MS_PRIVATE | MS_REC;
  }
  CLEAT_RETURN_IF_ERROR(CheckBind(mount));
  if (mount.options.idmap) {
    CLEAT_RETURN_IF_ERROR(AddIdMaps(asked, parts, mount));
  }
  plan.mounts.push_back(std::move(mount));
  return absl::OkStatus();
}

absl::Status AddFileSystem(MountPlan mount, const Cgroups& cgroups,
                           const proto::CgroupState& groups, Plan& plan) {
  if (mount.destination == "/proc" && mount.type != "proc") {
    return absl::InvalidArgumentError(absl::StrCat(
        "mount ", mount.type, " at /proc: only procfs may be mounted there"));
  }
  if (mount.options.idmap) {
    return absl::InvalidArgumentError(absl::StrCat(
        "mount ", mount.destination, ": option idmap is for binds only"));
  }
  // Below what is new there is nothing.
  mount.options.set |= mount.options.recursive_set;
  if (mount.type == "cgroup") {
    AddCgroupMounts(mount, cgroups, groups, plan);
    return absl::OkStatus();
  }
  Defer(mount);
  plan.mounts.push_back(std::move(mount));
  return absl::OkStatus();
}

absl::Status AddMounts(const proto::oci::Spec& spec, const Cgroups& cgroups,
                       const proto::CgroupState& groups, Plan& plan) {
  for (const proto::oci::Mount& asked : spec.mounts()) {
    MountPlan mount;
    mount.type = asked.type();
    mount.source = asked.source();
    CLEAT_ASSIGN_OR_RETURN(mount.destination, PathInside("mount destination",
                                                         asked.destination()));
    CLEAT_ASSIGN_OR_RETURN(
        mount.options,
        mount::ParseOptions({asked.options().begin(), asked.options().end()}));
    const bool bind = mount.options.bind;
    CLEAT_RETURN_IF_ERROR(
        bind ? AddBind(asked, spec.linux(), std::move(mount), plan)
             : AddFileSystem(std::move(mount), cgroups, groups, plan));
  }
  return absl::OkStatus();
}

absl::StatusOr<mode_t> DeviceType(const std::string& type) {
  if (type == "c" || type == "u") return S_IFCHR;
  if (type == "b") return S_IFBLK;
  if (type == "p") return S_IFIFO;
  return absl::InvalidArgumentError(
      absl::StrCat("device type '", type, "': give c, b, u or p"));
}

// A /dev of the host's is used as it stands: nothing is made in it (as runc
// has it).
bool HasHostsDev(const Plan& plan) {
  return std::any_of(plan.mounts.begin(), plan.mounts.end(),
                     [](const MountPlan& mount) {
                       return mount.options.bind && mount.destination == "/dev";
                     });
}

absl::Status AddDevices(const proto::oci::Linux& parts, Plan& plan) {
  if (HasHostsDev(plan)) return absl::OkStatus();
  for (const DefaultDevice& device : kDefaultDevices) {
    plan.devices.push_back({device.path, S_IFCHR | 0666,
                            makedev(device.major, device.minor), 0, 0});
  }
  for (const proto::oci::Device& asked : parts.devices()) {
    DevicePlan device;
    CLEAT_ASSIGN_OR_RETURN(device.path,
                           PathInside("device path", asked.path()));
    CLEAT_ASSIGN_OR_RETURN(mode_t type, DeviceType(asked.type()));
    const mode_t mode = asked.has_file_mode() ? asked.file_mode() : 0666;
    device.mode = type | (mode & 07777);
    // In brackets: major and minor are macros, too.
    device.device = makedev(static_cast<unsigned>((asked.major)()),
                            static_cast<unsigned>((asked.minor)()));
    device.uid = asked.uid();
    device.gid = asked.gid();
    plan.devices.push_back(device);
  }
  return absl::OkStatus();
}

// "net.ipv4.ip_forward" is /proc/sys/net/ipv4/ip_forward.
absl::Status AddSysctls(const proto::oci::Linux& parts, Plan& plan) {
  for (const auto& [name, value] : parts.sysctl()) {
    CLEAT_RETURN_IF_ERROR(CheckSysctl(name, parts));
    if (absl::StrContains(name, "..") || absl::StrContains(name, '/')) {
      return absl::InvalidArgumentError(
          absl::StrCat("sysctl '", name, "': give a name with single dots"));
    }
    plan.sysctls.push_back(
        {absl::StrCat("/proc/sys/", absl::StrReplaceAll(name, {{".", "/"}})),
         value});
  }
  return absl::OkStatus();
}

absl::Status AddPaths(
    absl::string_view field,
    const google::protobuf::RepeatedPtrField<std::string>& from,
    std::vector<std::string>& to) {
  for (const std::string& path : from) {
    CLEAT_ASSIGN_OR_RETURN(std::string inside, PathInside(field, path));
    to.push_back(std::move(inside));
  }
  return absl::OkStatus();
}

// Without a word of the spec's, nothing passes between host and container.
// Where something shall, the host's tree stays a slave until the end.
absl::Status AddPropagation(const std::string& asked, Plan& plan) {
  plan.propagation = MS_PRIVATE | MS_REC;
  if (asked.empty()) return absl::OkStatus();
  CLEAT_ASSIGN_OR_RETURN(const mount::Options options,
                         mount::ParseOptions({asked}));
  if (options.propagation == 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("rootfsPropagation '", asked, "': no such propagation"));
  }
  plan.root_propagation = options.propagation;
  if ((options.propagation & MS_PRIVATE) == 0) {
    plan.propagation = MS_SLAVE | MS_REC;
  }
  return absl::OkStatus();
}

void AddLinks(Plan& plan) {
  if (HasHostsDev(plan)) return;
  for (const DefaultLink& link : kDefaultLinks) {
    plan.links.push_back({link.target, link.path});
  }
}

}  // namespace

bool Plan::Joins(uint64_t flag) const {
  return std::any_of(
      joined.begin(), joined.end(),
      [flag](const NamespacePlan& one) { return one.kind == flag; });
}

absl::StatusOr<Plan> MakePlan(const proto::oci::Spec& spec,
                              const Cgroups& cgroups,
                              const proto::CgroupState& groups) {
  Plan plan;
  const proto::oci::Linux& parts = spec.linux();
  CLEAT_RETURN_IF_ERROR(PlanNamespaces(parts, &plan));
  CLEAT_RETURN_IF_ERROR(AddPropagation(parts.rootfs_propagation(), plan));
  CLEAT_RETURN_IF_ERROR(AddMounts(
      spec, cgroups,
      plan.Joins(CLONE_NEWCGROUP) ? proto::CgroupState() : groups, plan));
  CLEAT_RETURN_IF_ERROR(AddDevices(parts, plan));
  CLEAT_RETURN_IF_ERROR(AddSysctls(parts, plan));
  CLEAT_RETURN_IF_ERROR(
      AddPaths("maskedPaths", parts.masked_paths(), plan.masked));
  CLEAT_RETURN_IF_ERROR(
      AddPaths("readonlyPaths", parts.readonly_paths(), plan.read_only));
  AddLinks(plan);
  plan.root_read_only = spec.root().readonly();
  plan.hostname = spec.hostname();
  plan.domainname = spec.domainname();
  CLEAT_ASSIGN_OR_RETURN(plan.process, MakeProcessPlan(spec));
  return plan;
}

}  // namespace cleat::runtime
