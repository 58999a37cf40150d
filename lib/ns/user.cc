#include "lib/ns/user.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/base/trace.h"
#include "lib/ns/unshare.h"
#include "lib/sys/child.h"
#include "lib/sys/clone.h"
#include "lib/sys/errno.h"
#include "lib/sys/fd.h"
#include "lib/sys/file.h"

namespace cleat::ns {
namespace {

// Allocates nothing; -1 and errno on failure.
int Become(const Owner& owner) {
  if (setgroups(0, nullptr) != 0) return -1;
  if (setresgid(owner.gid, owner.gid, owner.gid) != 0) return -1;
  return setresuid(owner.uid, owner.uid, owner.uid);
}

absl::Status BecomeOwner(const absl::optional<Owner>& owner) {
  if (!owner || Become(*owner) == 0) return absl::OkStatus();
  const absl::Status status = sys::ErrnoError("become owner ", owner->uid);
  return absl::Status(status.code(),
                      absl::StrCat(status.message(),
                                   " (CAP_SETUID and CAP_SETGID are needed)"));
}

// Waits until the parent closes its end, or is gone.
void AwaitEnd(int fd) {
  char byte;
  while (read(fd, &byte, 1) < 0 && errno == EINTR) {
  }
}

// A process in a new user namespace that lives as long as this.
class Keeper {
 public:
  static absl::StatusOr<Keeper> Make(const absl::optional<Owner>& owner) {
    CLEAT_ASSIGN_OR_RETURN(sys::ReportPipe life, sys::MakeReportPipe());
    CLEAT_ASSIGN_OR_RETURN(sys::ReportPipe said, sys::MakeReportPipe());
    absl::StatusOr<sys::ChildProcess> child =
        sys::Clone({owner ? 0ULL : CLONE_NEWUSER, -1}, [&] {
          close(life.child.get());
          const sys::ChildReport report(said.child.get());
          if (owner) {
            report.Check(Become(*owner), "become the owner");
            report.Check(unshare(CLONE_NEWUSER), "unshare failed:", "user");
          }
          report.Ready();
          AwaitEnd(life.parent.get());
          _exit(0);
        });
    if (!child.ok()) return CreationError(CLONE_NEWUSER, errno);
    Keeper keeper(*std::move(child), std::move(life.child));
    said.child.Reset();
    CLEAT_RETURN_IF_ERROR(sys::AwaitChild(said.parent.get()).status());
    return keeper;
  }

  Keeper(Keeper&&) = default;
  ~Keeper() {
    if (!end_.valid()) return;
    end_.Reset();
    sys::RetryOnEintr([&] { return waitpid(child_.pid, nullptr, 0); });
  }

  pid_t pid() const { return child_.pid; }

 private:
  Keeper(sys::ChildProcess child, sys::Fd end)
      : child_(std::move(child)), end_(std::move(end)) {}

  sys::ChildProcess child_;
  sys::Fd end_;
};

}  // namespace

absl::Status EnterUserNamespace(const IdMaps& maps, uint64_t others,
                                absl::optional<Owner> owner) {
  if (AreOwnIds(maps) && (!owner || maps.users.empty())) {
    CLEAT_RETURN_IF_ERROR(BecomeOwner(owner));
    CLEAT_RETURN_IF_ERROR(Unshare(CLONE_NEWUSER | others));
    return WriteOwnIdMaps(maps);
  }
  CLEAT_ASSIGN_OR_RETURN(const Keeper keeper, Keeper::Make(owner));
  CLEAT_RETURN_IF_ERROR(WriteIdMaps(keeper.pid(), maps));
  CLEAT_ASSIGN_OR_RETURN(
      const sys::Fd user,
      sys::Open(absl::StrCat("/proc/", keeper.pid(), "/ns/user"), O_RDONLY));
  CLEAT_RETURN_IF_ERROR(BecomeOwner(owner));
  if (setns(user.get(), CLONE_NEWUSER) != 0) {
    return sys::ErrnoError("enter the new user namespace");
  }
  return Unshare(others);
}

}  // namespace cleat::ns
