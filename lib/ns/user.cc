#include "lib/ns/user.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

#include "lib/base/status_macros.h"
#include "lib/base/trace.h"
#include "lib/ns/kinds.h"
#include "lib/ns/refusal.h"
#include "lib/sys/clone.h"
#include "lib/sys/errno.h"
#include "lib/sys/fd.h"

namespace cleat::ns {
namespace {

absl::Status Unshare(uint64_t flags) {
  const std::string names = KindNames(flags);
  trace::Span span("unshare", names);
  if (unshare(static_cast<int>(flags)) == 0) return absl::OkStatus();
  span.Fail(errno);
  return CreationError(flags, errno);
}

// A process in a new user namespace that lives as long as this.
class Keeper {
 public:
  static absl::StatusOr<Keeper> Make() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return sys::ErrnoError("make pipe");
    sys::Fd wait(ends[0]);
    sys::Fd end(ends[1]);
    absl::StatusOr<sys::ChildProcess> child =
        sys::Clone({CLONE_NEWUSER, -1}, [&] {
          close(end.get());
          char byte;
          while (read(wait.get(), &byte, 1) < 0) {
          }
          _exit(0);
        });
    if (!child.ok()) return CreationError(CLONE_NEWUSER, errno);
    return Keeper(*std::move(child), std::move(end));
  }

  Keeper(Keeper&&) = default;
  ~Keeper() {
    if (child_.pid <= 0 || !end_.valid()) return;
    end_.Reset();
    sys::RetryOnEintr([&] { return waitpid(child_.pid, nullptr, 0); });
  }

  pid_t pid() const { return child_.pid; }
  int pidfd() const { return child_.pidfd.get(); }

 private:
  Keeper(sys::ChildProcess child, sys::Fd end)
      : child_(std::move(child)), end_(std::move(end)) {}

  sys::ChildProcess child_;
  sys::Fd end_;
};

}  // namespace

absl::Status EnterUserNamespace(const IdMaps& maps, uint64_t others) {
  if (AreOwnIds(maps)) {
    CLEAT_RETURN_IF_ERROR(Unshare(CLONE_NEWUSER | others));
    return WriteOwnIdMaps(maps);
  }
  CLEAT_ASSIGN_OR_RETURN(const Keeper keeper, Keeper::Make());
  CLEAT_RETURN_IF_ERROR(WriteIdMaps(keeper.pid(), maps));
  if (setns(keeper.pidfd(), CLONE_NEWUSER) != 0) {
    return sys::ErrnoError("enter the new user namespace");
  }
  return others == 0 ? absl::OkStatus() : Unshare(others);
}

}  // namespace cleat::ns
