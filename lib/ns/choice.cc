#include "lib/ns/choice.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

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

bool IsSame(const struct stat& a, const struct stat& b) {
  return a.st_ino == b.st_ino && a.st_dev == b.st_dev;
}

// What the source has of this kind; false when it has none.
bool StatOfSource(const Kind& kind, const Source& source, struct stat* info) {
  for (const OpenedNamespace& kept : source.kept) {
    if (kept.kind == &kind) return fstat(kept.fd.get(), info) == 0;
  }
  return source.target.has_value() &&
         stat(source.target->Path(absl::StrCat("ns/", kind.file)).c_str(),
              info) == 0;
}

}  // namespace

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

bool IsWorthEntering(const Kind& kind, const Source& source) {
  struct stat own;
  struct stat other;
  const std::string path = absl::StrCat("/proc/self/ns/", kind.file);
  if (stat(path.c_str(), &own) != 0) return false;  // a kernel without it
  if (!StatOfSource(kind, source, &other) || !IsSame(own, other)) return true;
  return kind.flag == CLONE_NEWNS && geteuid() == 0;
}

namespace {

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

absl::Status TakeAll(Source& source, JoinPlan& plan) {
  if (!source.target.has_value() && source.kept.empty()) return NoTarget("all");
  for (const Kind& kind : kKinds) {
    if ((plan.Flags() & kind.flag) != 0) continue;
    if (IsWorthEntering(kind, source)) TakeOfSource(kind, source, plan);
  }
  return source.target.has_value() ? source.target->Check() : absl::OkStatus();
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
