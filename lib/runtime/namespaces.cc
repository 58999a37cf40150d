#include "lib/runtime/namespaces.h"

#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/base/trace.h"
#include "lib/ns/kinds.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"
#include "lib/sys/nsfs.h"

namespace cleat::runtime {
namespace {

using Mappings = google::protobuf::RepeatedPtrField<proto::oci::IdMapping>;

ns::IdMap MapOf(const Mappings& mappings) {
  ns::IdMap map;
  for (const proto::oci::IdMapping& mapping : mappings) {
    map.push_back({mapping.container_id(), mapping.host_id(), mapping.size()});
  }
  return map;
}

absl::Status PlanOne(const proto::oci::Namespace& asked, const ns::Kind& kind,
                     Plan* plan) {
  if (asked.has_path()) {
    if (kind.flag == CLONE_NEWNS || kind.flag == CLONE_NEWUSER) {
      return absl::InvalidArgumentError(
          absl::StrCat("namespace '", asked.type(), "' ", asked.path(),
                       ": a container has one of its own, or its maker's"));
    }
    plan->joined.push_back({kind.flag, asked.path(), -1});
  } else if (kind.flag == CLONE_NEWCGROUP) {
    plan->cgroup_namespace = true;
  } else {
    plan->namespaces |= kind.flag;
  }
  return absl::OkStatus();
}

absl::Status PlanIdMaps(const proto::oci::Linux& parts, Plan* plan) {
  plan->id_maps.users = MapOf(parts.uid_mappings());
  plan->id_maps.groups = MapOf(parts.gid_mappings());
  const bool both =
      !plan->id_maps.users.empty() && !plan->id_maps.groups.empty();
  if (both == plan->Makes(CLONE_NEWUSER)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      "namespaces: a 'user' one and uidMappings and gidMappings go together");
}

uint32_t FirstId(const ns::IdMap& map) {
  return procfs::MapOut(map, 0).has_value() ? 0 : map[0].inside;
}

}  // namespace

absl::Status PlanNamespaces(const proto::oci::Linux& parts, Plan* plan) {
  uint64_t seen = 0;
  for (const proto::oci::Namespace& asked : parts.namespaces()) {
    const ns::Kind* kind = ns::FindOciKind(asked.type());
    if (kind == nullptr || (seen & kind->flag) != 0) {
      return absl::InvalidArgumentError(absl::StrCat(
          "namespace '", asked.type(),
          "': ", kind == nullptr ? "no such type" : "given twice"));
    }
    seen |= kind->flag;
    CLEAT_RETURN_IF_ERROR(PlanOne(asked, *kind, plan));
  }
  if (!plan->Makes(CLONE_NEWNS)) {
    return absl::InvalidArgumentError(
        "namespaces: a container needs a new 'mount' one");
  }
  return PlanIdMaps(parts, plan);
}

absl::StatusOr<std::vector<sys::Fd>> OpenNamespaces(Plan* plan) {
  std::vector<sys::Fd> opened;
  for (NamespacePlan& joined : plan->joined) {
    CLEAT_ASSIGN_OR_RETURN(opened.emplace_back(),
                           sys::Open(joined.path, O_RDONLY));
    const absl::StatusOr<int> kind = sys::NamespaceType(opened.back().get());
    if (!kind.ok() || static_cast<uint64_t>(*kind) != joined.kind) {
      return absl::InvalidArgumentError(
          absl::StrCat("join ", joined.path, ": is no ",
                       ns::FindKindOfFlag(joined.kind)->name, " namespace"));
    }
    joined.fd = opened.back().get();
  }
  return opened;
}

absl::StatusOr<PidNamespaceForChildren> PidNamespaceForChildren::Enter(
    const Plan& plan) {
  PidNamespaceForChildren result;
  for (const NamespacePlan& joined : plan.joined) {
    if (joined.kind != CLONE_NEWPID) continue;
    CLEAT_ASSIGN_OR_RETURN(sys::Fd own,
                           sys::Open("/proc/self/ns/pid", O_RDONLY));
    if (setns(joined.fd, CLONE_NEWPID) != 0) {
      return sys::ErrnoError("join ", joined.path);
    }
    result.own_ = std::move(own);
  }
  return result;
}

PidNamespaceForChildren::~PidNamespaceForChildren() {
  // One's own may always be chosen again.
  if (own_.valid() && setns(own_.get(), CLONE_NEWPID) != 0) abort();
}

void JoinNamespaces(const Plan& plan, const sys::ChildReport& report) {
  for (const NamespacePlan& joined : plan.joined) {
    if (joined.kind == CLONE_NEWPID) continue;
    trace::Span span("join namespace", joined.path);
    report.Check(setns(joined.fd, static_cast<int>(joined.kind)), "join",
                 joined.path);
  }
}

// The raw calls: glibc's would look for the threads of which a copy has none.
// The change makes the process not dumpable, and its files below /proc
// another's; in a PID namespace of its own nobody is there to look into it.
void BecomeMappedUser(const Plan& plan, const sys::ChildReport& report) {
  const uint32_t gid = FirstId(plan.id_maps.groups);
  const uint32_t uid = FirstId(plan.id_maps.users);
  if (plan.id_maps.setgroups != ns::SetGroups::kDeny) {
    syscall(SYS_setgroups, 0, nullptr);
  }
  report.Check(syscall(SYS_setresgid, gid, gid, gid),
               "become a group of the user namespace");
  report.Check(syscall(SYS_setresuid, uid, uid, uid),
               "become a user of the user namespace");
  if (plan.Makes(CLONE_NEWPID)) prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}

}  // namespace cleat::runtime
