#include "lib/ns/choice.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/ns/find.h"

namespace cleat::ns {
namespace {

using Choice = proto::NamespaceChoice;

struct KindOption {
  uint64_t flag;
  bool (Choice::*has)() const;
  const std::string& (Choice::*get)() const;
};

constexpr KindOption kKindOptions[] = {
    {CLONE_NEWUSER, &Choice::has_user, &Choice::user},
    {CLONE_NEWCGROUP, &Choice::has_cgroup, &Choice::cgroup},
    {CLONE_NEWIPC, &Choice::has_ipc, &Choice::ipc},
    {CLONE_NEWUTS, &Choice::has_uts, &Choice::uts},
    {CLONE_NEWNET, &Choice::has_net, &Choice::net},
    {CLONE_NEWPID, &Choice::has_pid, &Choice::pid},
    {CLONE_NEWTIME, &Choice::has_time, &Choice::time},
    {CLONE_NEWNS, &Choice::has_mount, &Choice::mount},
};

// What is kept counts before what the process has. False when there is neither.
bool TakeOfSource(const Kind& kind, Source& source, JoinPlan& plan) {
  for (OpenedNamespace& kept : source.kept) {
    if (kept.kind != &kind || !kept.fd.valid()) continue;
    plan.Put(std::move(kept));
    return true;
  }
  if (!source.target.has_value()) return false;
  plan.of_target |= kind.flag;
  return true;
}

absl::Status TakeNamed(const Choice& choice, Source& source, JoinPlan& plan) {
  for (const KindOption& option : kKindOptions) {
    if (!(choice.*option.has)()) continue;
    const Kind& kind = *FindKindOfFlag(option.flag);
    const std::string& value = (choice.*option.get)();
    if (value == kOfTarget) {
      if (!TakeOfSource(kind, source, plan)) return NoTarget(kind.name);
      continue;
    }
    CLEAT_ASSIGN_OR_RETURN(sys::Fd fd, OpenNamespace(kind, value));
    plan.Put({&kind, std::move(fd), value});
  }
  return absl::OkStatus();
}

// A container's user namespace is mostly that of the caller, which cannot be
// joined and need not be.
bool IsOwnUserNamespaceOf(const Source& source) {
  for (const OpenedNamespace& kept : source.kept) {
    if (kept.kind->flag == CLONE_NEWUSER) {
      return kept.fd.valid() && IsOwnUserNamespace(kept.fd.get());
    }
  }
  if (!source.target.has_value()) return false;
  struct stat own;
  struct stat other;
  return stat("/proc/self/ns/user", &own) == 0 &&
         stat(source.target->Path("ns/user").c_str(), &other) == 0 &&
         own.st_ino == other.st_ino && own.st_dev == other.st_dev;
}

absl::Status TakeAll(Source& source, JoinPlan& plan) {
  if (!source.target.has_value() && source.kept.empty()) return NoTarget("all");
  uint64_t wanted = KnownKinds() & ~plan.Flags();
  if (IsOwnUserNamespaceOf(source)) wanted &= ~uint64_t{CLONE_NEWUSER};
  for (const Kind& kind : kKinds) {
    if ((wanted & kind.flag) != 0) TakeOfSource(kind, source, plan);
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status NoTarget(absl::string_view option) {
  return absl::InvalidArgumentError(
      absl::StrCat("--", option, ": whose? --target=PID or --id=ID says so"));
}

absl::StatusOr<JoinPlan> Choose(const proto::NamespaceChoice& choice,
                                bool whole, Source& source) {
  JoinPlan plan;
  CLEAT_RETURN_IF_ERROR(TakeNamed(choice, source, plan));
  if (choice.all() || (whole && plan.Flags() == 0)) {
    CLEAT_RETURN_IF_ERROR(TakeAll(source, plan));
  }
  if (source.target.has_value()) plan.pidfd = source.target->pidfd();
  return plan;
}

absl::StatusOr<std::vector<OpenedNamespace>> OpenAll(JoinPlan plan,
                                                     const Source& source) {
  std::vector<OpenedNamespace> opened = std::move(plan.opened);
  for (const Kind& kind : kKinds) {
    if ((plan.of_target & kind.flag) == 0) continue;
    const std::string file = absl::StrCat("ns/", kind.file);
    CLEAT_ASSIGN_OR_RETURN(sys::Fd fd, source.target->Open(file, O_RDONLY));
    opened.push_back({&kind, std::move(fd), source.target->Path(file)});
  }
  if (plan.of_target != 0) CLEAT_RETURN_IF_ERROR(source.target->Check());
  for (const OpenedNamespace& one : opened) {
    CLEAT_RETURN_IF_ERROR(CheckKind(one.fd.get(), *one.kind, one.name));
  }
  return opened;
}

}  // namespace cleat::ns
