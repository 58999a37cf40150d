#include "lib/ns/unshare_options.h"

#include <sched.h>
#include <sys/mount.h>

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "lib/base/status_macros.h"
#include "lib/ns/kinds.h"
#include "lib/ns/map_options.h"
#include "lib/sys/signal.h"

namespace cleat::ns {
namespace {

using Options = proto::NsUnshareOptions;

// A kind's option: absent, bare ("-"), or with a file that keeps it.
struct KindOption {
  uint64_t flag;
  bool (Options::*has)() const;
  const std::string& (Options::*value)() const;
};
constexpr KindOption kKindOptions[] = {
    {CLONE_NEWUSER, &Options::has_user, &Options::user},
    {CLONE_NEWCGROUP, &Options::has_cgroup, &Options::cgroup},
    {CLONE_NEWIPC, &Options::has_ipc, &Options::ipc},
    {CLONE_NEWUTS, &Options::has_uts, &Options::uts},
    {CLONE_NEWNET, &Options::has_net, &Options::net},
    {CLONE_NEWPID, &Options::has_pid, &Options::pid},
    {CLONE_NEWTIME, &Options::has_time, &Options::time},
    {CLONE_NEWNS, &Options::has_mount, &Options::mount},
};

void TakeKinds(const Options& options, UnsharePlan* plan) {
  for (const KindOption& kind : kKindOptions) {
    if (!(options.*kind.has)()) continue;
    plan->request.flags |= kind.flag;
    const std::string& file = (options.*kind.value)();
    if (file != "-") plan->files.push_back({FindKindOfFlag(kind.flag), file});
  }
}

// What other options imply.
void ImplyKinds(const Options& options, Request* request) {
  if (options.maps_size() > 0 || options.has_owner()) {
    request->flags |= CLONE_NEWUSER;
  }
  if (options.has_mount_proc()) request->flags |= CLONE_NEWNS;
  if (options.has_mount_binfmt() || options.has_load_interp()) {
    request->flags |= CLONE_NEWNS | CLONE_NEWUSER;
  }
}

struct Propagation {
  absl::string_view name;
  unsigned long flags;
};
constexpr Propagation kPropagations[] = {
    {"private", MS_REC | MS_PRIVATE},
    {"shared", MS_REC | MS_SHARED},
    {"slave", MS_REC | MS_SLAVE},
    {"unchanged", 0},
};

absl::Status TakePropagation(const Options& options, Request* request) {
  if (!options.has_propagation()) return absl::OkStatus();
  for (const Propagation& propagation : kPropagations) {
    if (propagation.name != options.propagation()) continue;
    request->propagation = propagation.flags;
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("unsupported propagation mode: ", options.propagation(),
                   " (private, shared, slave or unchanged)"));
}

// binfmt_misc needs a proc to be mounted in, where no other place is given.
void TakeMounts(const Options& options, Request* request) {
  request->proc = options.mount_proc();
  request->binfmt = options.mount_binfmt();
  request->interpreter = options.load_interp();
  if (!request->interpreter.empty() && request->binfmt.empty()) {
    request->binfmt = "/proc/sys/fs/binfmt_misc";
  }
  if (request->binfmt == "/proc/sys/fs/binfmt_misc" && request->proc.empty()) {
    request->proc = "/proc";
  }
  request->root = options.root();
  request->directory = options.wd();
}

absl::Status TakeOwner(const Options& options, Request* request) {
  if (!options.has_owner()) return absl::OkStatus();
  const std::pair<std::string, std::string> ids =
      absl::StrSplit(options.owner(), absl::MaxSplits(':', 1));
  Owner owner;
  if (!absl::SimpleAtoi(ids.first, &owner.uid) ||
      !absl::SimpleAtoi(ids.second, &owner.gid)) {
    return absl::InvalidArgumentError(
        absl::StrCat("--owner: '", options.owner(), "' is no UID:GID"));
  }
  request->owner = owner;
  return absl::OkStatus();
}

absl::Status TakeTime(const Options& options, Request* request) {
  if (options.has_monotonic()) request->offsets.monotonic = options.monotonic();
  if (options.has_boottime()) request->offsets.boottime = options.boottime();
  if ((!options.has_monotonic() && !options.has_boottime()) ||
      (request->flags & CLONE_NEWTIME) != 0) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      "options --monotonic and --boottime require unsharing of a time "
      "namespace (-T)");
}

absl::Status TakeNames(const Options& options, Request* request) {
  request->hostname = options.hostname();
  request->domainname = options.domainname();
  request->loopback = options.loopback();
  if ((options.has_hostname() || options.has_domainname()) &&
      (request->flags & CLONE_NEWUTS) == 0) {
    return absl::InvalidArgumentError(
        "--hostname and --domainname need a new UTS namespace (--uts)");
  }
  if (options.loopback() && (request->flags & CLONE_NEWNET) == 0) {
    return absl::InvalidArgumentError(
        "--loopback needs a new net namespace (--net)");
  }
  return absl::OkStatus();
}

absl::Status TakeProcess(const Options& options, UnsharePlan* plan) {
  if (options.has_kill_child()) {
    CLEAT_ASSIGN_OR_RETURN(plan->kill_child,
                           sys::SignalNumber(options.kill_child()));
  }
  plan->fork =
      options.fork() || options.has_kill_child() || options.forward_signals();
  if (options.has_setuid()) plan->uid = options.setuid();
  if (options.has_setgid()) plan->gid = options.setgid();
  plan->keep_capabilities = options.keep_caps();
  plan->clear_environment =
      options.clear_env() || options.whitelist_env_size() > 0;
  for (const std::string& names : options.whitelist_env()) {
    for (const absl::string_view name : absl::StrSplit(names, ',')) {
      plan->kept_variables.emplace_back(name);
    }
  }
  return absl::OkStatus();
}

absl::Status TakeMaps(const Options& options, Request* request) {
  if (options.has_setgroups() && (request->flags & CLONE_NEWUSER) == 0) {
    return absl::InvalidArgumentError(
        "--setgroups needs a new user namespace (--user)");
  }
  if ((request->flags & CLONE_NEWUSER) == 0) return absl::OkStatus();
  CLEAT_ASSIGN_OR_RETURN(request->maps, ParseMapOptions({options.maps().begin(),
                                                         options.maps().end()},
                                                        options.setgroups()));
  // Who can give it to somebody else can map groups without denying anything.
  if (options.has_owner() && !options.has_setgroups()) {
    request->maps.setgroups = SetGroups::kUnchanged;
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<UnsharePlan> MakeUnsharePlan(const Options& options) {
  UnsharePlan plan;
  Request* const request = &plan.request;
  TakeKinds(options, &plan);
  ImplyKinds(options, request);
  CLEAT_RETURN_IF_ERROR(TakeMaps(options, request));
  CLEAT_RETURN_IF_ERROR(TakeOwner(options, request));
  CLEAT_RETURN_IF_ERROR(TakePropagation(options, request));
  TakeMounts(options, request);
  CLEAT_RETURN_IF_ERROR(TakeTime(options, request));
  CLEAT_RETURN_IF_ERROR(TakeNames(options, request));
  CLEAT_RETURN_IF_ERROR(TakeProcess(options, &plan));
  return plan;
}

}  // namespace cleat::ns
