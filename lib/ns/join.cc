#include "lib/ns/join.h"

#include <errno.h>
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/base/trace.h"
#include "lib/ns/find.h"
#include "lib/sys/errno.h"

namespace cleat::ns {
namespace {

bool IsKnown(const Kind& kind) {
  return access(absl::StrCat("/proc/self/ns/", kind.file).c_str(), F_OK) == 0;
}

// A process cannot join its own user namespace again: it would get back the
// capabilities that it has dropped.
bool IsOwnUserNamespace(int fd) {
  struct stat own;
  struct stat asked;
  return stat("/proc/self/ns/user", &own) == 0 && fstat(fd, &asked) == 0 &&
         own.st_ino == asked.st_ino && own.st_dev == asked.st_dev;
}

absl::Status UnknownKind(const Kind& kind) {
  return absl::InvalidArgumentError(
      absl::StrCat("this kernel has no ", kind.name, " namespaces"));
}

absl::Status OwnUserNamespace() {
  return absl::InvalidArgumentError(
      "join user namespace: this process is in it already (leave out --user)");
}

constexpr char kRights[] =
    " (it takes CAP_SYS_ADMIN in the user namespace that owns it, and in that "
    "of the caller: root has it, and who enters the user namespace, too, "
    "--user)";

absl::Status Failure(uint64_t flags, absl::string_view name, int error) {
  errno = error;
  return sys::ErrnoError("join namespace ", KindNames(flags),
                         name.empty() ? "" : " ", name,
                         error == EPERM ? kRights : "");
}

absl::Status ExplainTarget(uint64_t flags, int error) {
  for (const Kind& kind : kKinds) {
    if ((flags & kind.flag) != 0 && !IsKnown(kind)) return UnknownKind(kind);
  }
  if (error == EINVAL && (flags & CLONE_NEWUSER) != 0) {
    return OwnUserNamespace();
  }
  if (error == ESRCH) {
    return absl::NotFoundError(absl::StrCat("join namespace ", KindNames(flags),
                                            ": the target has ended"));
  }
  return Failure(flags, "of the target", error);
}

absl::Status ExplainOpened(const OpenedNamespace& opened, int error) {
  const Kind& kind = *opened.kind;
  CLEAT_RETURN_IF_ERROR(CheckKind(opened.fd.get(), kind, opened.name));
  if (error == EINVAL && kind.flag == CLONE_NEWUSER &&
      IsOwnUserNamespace(opened.fd.get())) {
    return OwnUserNamespace();
  }
  return Failure(kind.flag, opened.name, error);
}

// 0 or errno.
int SetNamespace(int fd, uint64_t flags, absl::string_view name) {
  trace::Span span("setns", name);
  if (setns(fd, static_cast<int>(flags)) == 0) return 0;
  span.Fail(errno);
  return errno;
}

// What remains to be joined.
class Remaining {
 public:
  explicit Remaining(const JoinPlan& plan)
      : pidfd_(plan.pidfd), of_target_(plan.of_target) {
    // As in kKinds: the user namespace first.
    for (const Kind& kind : kKinds) {
      for (const OpenedNamespace& opened : plan.opened) {
        if (opened.kind == &kind) opened_.push_back(&opened);
      }
    }
  }

  // Joins what the caller has the rights to; the rest remains.
  void TryAllButUser() {
    const uint64_t asked = of_target_ & ~uint64_t{CLONE_NEWUSER};
    if (asked != 0 && SetNamespace(pidfd_, asked, KindNames(asked)) == 0) {
      of_target_ &= ~asked;
    }
    const auto joined = [](const OpenedNamespace* opened) {
      const uint64_t flag = opened->kind->flag;
      return flag != CLONE_NEWUSER &&
             SetNamespace(opened->fd.get(), flag, opened->name) == 0;
    };
    opened_.erase(std::remove_if(opened_.begin(), opened_.end(), joined),
                  opened_.end());
  }

  absl::Status Join() const {
    const bool user_first =
        !opened_.empty() && opened_.front()->kind->flag == CLONE_NEWUSER;
    if (!user_first) CLEAT_RETURN_IF_ERROR(JoinTarget());
    for (const OpenedNamespace* opened : opened_) {
      CLEAT_RETURN_IF_ERROR(JoinOpened(*opened));
      if (user_first && opened == opened_.front()) {
        CLEAT_RETURN_IF_ERROR(JoinTarget());
      }
    }
    return absl::OkStatus();
  }

 private:
  absl::Status JoinTarget() const {
    if (of_target_ == 0) return absl::OkStatus();
    const int error = SetNamespace(pidfd_, of_target_, KindNames(of_target_));
    return error == 0 ? absl::OkStatus() : ExplainTarget(of_target_, error);
  }

  static absl::Status JoinOpened(const OpenedNamespace& opened) {
    const int error =
        SetNamespace(opened.fd.get(), opened.kind->flag, opened.name);
    return error == 0 ? absl::OkStatus() : ExplainOpened(opened, error);
  }

  int pidfd_;
  uint64_t of_target_;
  std::vector<const OpenedNamespace*> opened_;
};

}  // namespace

uint64_t JoinPlan::Flags() const {
  uint64_t flags = of_target;
  for (const OpenedNamespace& one : opened) flags |= one.kind->flag;
  return flags;
}

void JoinPlan::Remove(uint64_t flag) {
  of_target &= ~flag;
  opened.erase(std::remove_if(opened.begin(), opened.end(),
                              [&](const OpenedNamespace& one) {
                                return one.kind->flag == flag;
                              }),
               opened.end());
}

void JoinPlan::Put(OpenedNamespace one) {
  Remove(one.kind->flag);
  opened.push_back(std::move(one));
}

absl::Status Join(const JoinPlan& plan) {
  Remaining remaining(plan);
  const bool with_user = (plan.Flags() & CLONE_NEWUSER) != 0;
  if (with_user && !plan.opened.empty()) remaining.TryAllButUser();
  return remaining.Join();
}

}  // namespace cleat::ns
