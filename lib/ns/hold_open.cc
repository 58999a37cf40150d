#include "lib/ns/hold_open.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/journal/process.h"
#include "lib/sys/child.h"
#include "lib/sys/clone.h"
#include "lib/sys/pidfd.h"

namespace cleat::ns {
namespace {

constexpr int kFirst = 3;

// To 3, 4, … and nothing above them. No number is overwritten that is still to
// be copied: they are all moved out of the way first.
void TakeDescriptors(const std::vector<int>& fds,
                     const sys::ChildReport& report) {
  const int count = static_cast<int>(fds.size());
  const int above = kFirst + count + 1;
  const sys::ChildReport moved(report.Check(
      fcntl(report.fd(), F_DUPFD_CLOEXEC, above), "copy descriptor"));
  int copies[64];
  for (int i = 0; i < count; ++i) {
    copies[i] =
        moved.Check(fcntl(fds[i], F_DUPFD_CLOEXEC, above), "copy descriptor");
  }
  for (int i = 0; i < count; ++i) {
    moved.Check(dup2(copies[i], kFirst + i), "copy descriptor");
  }
  const int null = moved.Check(open("/dev/null", O_RDWR), "open /dev/null");
  for (int fd = 0; fd < kFirst; ++fd) {
    moved.Check(dup2(null, fd), "copy descriptor");
  }
  moved.Ready();
  syscall(SYS_close_range, kFirst + count, ~0U, 0);
}

[[noreturn]] void Hold(const std::vector<int>& fds, const char* name,
                       const sys::ChildReport& report) {
  setsid();
  prctl(PR_SET_NAME, name, 0, 0, 0);
  signal(SIGHUP, SIG_DFL);
  signal(SIGPIPE, SIG_DFL);
  if (chdir("/") != 0) report.Fail("change to working directory", "/", errno);
  TakeDescriptors(fds, report);
  while (true) pause();
}

}  // namespace

absl::StatusOr<HoldingProcess> HoldOpen(const std::vector<int>& fds,
                                        const char* name) {
  CLEAT_ASSIGN_OR_RETURN(sys::ReportPipe pipe, sys::MakeReportPipe());
  CLEAT_ASSIGN_OR_RETURN(const sys::ChildProcess child, sys::Clone({}, [&] {
                           Hold(fds, name, sys::ChildReport(pipe.child.get()));
                         }));
  pipe.child.Reset();
  CLEAT_RETURN_IF_ERROR(sys::AwaitChild(pipe.parent.get()).status());
  HoldingProcess process;
  CLEAT_ASSIGN_OR_RETURN(process.id, journal::IdentifyProcess(child.pid));
  for (size_t i = 0; i < fds.size(); ++i) {
    process.paths.push_back(
        absl::StrCat("/proc/", child.pid, "/fd/", kFirst + i));
  }
  return process;
}

}  // namespace cleat::ns
