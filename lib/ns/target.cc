#include "lib/ns/target.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"
#include "lib/sys/pidfd.h"

namespace cleat::ns {
namespace {

// Before Linux 6.9 all pidfds share one inode, which tells nothing.
absl::Status CheckInode(pid_t pid, int pidfd, uint64_t inode) {
  struct stat info;
  if (fstat(pidfd, &info) != 0) return sys::ErrnoError("stat process ", pid);
  if (info.st_ino == inode) return absl::OkStatus();
  return absl::NotFoundError(
      absl::StrCat("process ", pid, ":", inode, " has ended; ", pid,
                   " is another one now, ", pid, ":", info.st_ino));
}

absl::Status NoTarget(absl::string_view text) {
  return absl::InvalidArgumentError(absl::StrCat(
      "target '", text, "': a process number is expected, PID or PID:INODE"));
}

// The digits and the rest behind them.
bool SplitNumber(absl::string_view text, absl::string_view* number,
                 absl::string_view* rest) {
  const size_t end = text.find_first_not_of("0123456789");
  *number = text.substr(0, end);
  *rest = end == absl::string_view::npos ? "" : text.substr(end);
  return !number->empty();
}

}  // namespace

absl::StatusOr<Target> Target::OfPid(pid_t pid) {
  absl::StatusOr<sys::Fd> pidfd = sys::OpenPidfd(pid);
  if (pidfd.ok()) return Target(pid, std::move(*pidfd));
  if (!absl::IsNotFound(pidfd.status())) return pidfd.status();
  return absl::NotFoundError(absl::StrCat("there is no process ", pid));
}

absl::StatusOr<Target> Target::OfPidfd(int pidfd) {
  CLEAT_ASSIGN_OR_RETURN(const pid_t pid, sys::PidOfPidfd(pidfd));
  const int copy = fcntl(pidfd, F_DUPFD_CLOEXEC, 3);
  if (copy < 0) return sys::ErrnoError("copy descriptor ", pidfd);
  return Target(pid, sys::Fd(copy));
}

absl::StatusOr<Target> Target::Parse(absl::string_view text) {
  absl::string_view number;
  absl::string_view rest;
  pid_t pid;
  if (!SplitNumber(text, &number, &rest) || !absl::SimpleAtoi(number, &pid) ||
      pid <= 0) {
    return NoTarget(text);
  }
  uint64_t inode = 0;
  if (!rest.empty() &&
      (rest[0] != ':' || !absl::SimpleAtoi(rest.substr(1), &inode))) {
    return NoTarget(text);
  }
  CLEAT_ASSIGN_OR_RETURN(Target target, OfPid(pid));
  if (!rest.empty()) {
    CLEAT_RETURN_IF_ERROR(CheckInode(pid, target.pidfd(), inode));
  }
  return target;
}

std::string Target::Path(absl::string_view file) const {
  return absl::StrCat("/proc/", pid_, "/", file);
}

absl::StatusOr<sys::Fd> Target::Open(absl::string_view file, int flags) const {
  return sys::Open(Path(file), flags);
}

absl::StatusOr<std::string> Target::Read(absl::string_view file) const {
  return sys::ReadFile(Path(file));
}

absl::Status Target::Check() const {
  const absl::Status sent = sys::SendSignal(pidfd_.get(), 0);
  if (!absl::IsNotFound(sent)) return absl::OkStatus();
  return absl::NotFoundError(absl::StrCat("process ", pid_, " has ended"));
}

}  // namespace cleat::ns
