#include "lib/sys/pidfd.h"

#include <poll.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"

namespace cleat::sys {

absl::StatusOr<Fd> OpenPidfd(pid_t pid) {
  const long fd = syscall(SYS_pidfd_open, pid, 0);
  if (fd >= 0) return Fd(static_cast<int>(fd));
  if (errno == ESRCH) {
    return absl::NotFoundError(
        absl::StrCat("open process ", pid, ": it ended"));
  }
  return ErrnoError("open process ", pid);
}

absl::StatusOr<pid_t> PidOfPidfd(int pidfd) {
  const absl::StatusOr<std::string> info =
      ReadFile(absl::StrCat("/proc/self/fdinfo/", pidfd));
  constexpr char kKey[] = "\nPid:";
  const size_t begin = info.ok() ? info->find(kKey) : std::string::npos;
  if (begin == std::string::npos) {
    return absl::InvalidArgumentError(
        absl::StrCat("descriptor ", pidfd, ": no pidfd"));
  }
  absl::string_view line =
      absl::string_view(*info).substr(begin + strlen(kKey));
  line = absl::StripAsciiWhitespace(line.substr(0, line.find('\n')));
  pid_t pid;
  if (absl::SimpleAtoi(line, &pid) && pid > 0) return pid;
  return absl::NotFoundError(
      absl::StrCat("the process of pidfd ", pidfd, " has ended"));
}

absl::StatusOr<Fd> CopyFdOf(int pidfd, int number) {
  const long fd = syscall(SYS_pidfd_getfd, pidfd, number, 0);
  if (fd < 0) return ErrnoError("copy the process's descriptor ", number);
  return Fd(static_cast<int>(fd));
}

absl::Status SendSignal(int pidfd, int signal) {
  if (syscall(SYS_pidfd_send_signal, pidfd, signal, nullptr, 0) == 0) {
    return absl::OkStatus();
  }
  if (errno == ESRCH) {
    return absl::NotFoundError(
        absl::StrCat("send signal ", signal, ": the process has ended"));
  }
  return ErrnoError("send signal ", signal);
}

absl::StatusOr<int> WaitForExit(int pidfd) {
  siginfo_t info = {};
  const int result = RetryOnEintr([&] {
    return waitid(static_cast<idtype_t>(P_PIDFD), static_cast<id_t>(pidfd),
                  &info, WEXITED);
  });
  if (result < 0) return ErrnoError("wait for the process");
  return info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
}

absl::StatusOr<bool> PollForExit(int pidfd, int timeout_ms) {
  struct pollfd entry = {pidfd, POLLIN, 0};
  const int count = RetryOnEintr([&] { return poll(&entry, 1, timeout_ms); });
  if (count < 0) return ErrnoError("wait for the process");
  return count > 0;
}

}  // namespace cleat::sys
