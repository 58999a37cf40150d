#include "lib/ns/hold_new.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

#include "lib/base/status_macros.h"
#include "lib/base/trace.h"
#include "lib/ns/make.h"
#include "lib/ns/time.h"
#include "lib/ns/unshare.h"
#include "lib/ns/write_id_maps.h"
#include "lib/sys/child.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"

namespace cleat::ns {
namespace {

constexpr size_t kReportLimit = size_t{64} << 10;
// What the child says when all is well.
constexpr char kReady[] = "ready";

// The clocks of a time namespace are set before a process is in it.
absl::Status EnterTime(const Request& request) {
  if ((request.flags & CLONE_NEWTIME) == 0) return absl::OkStatus();
  CLEAT_RETURN_IF_ERROR(Unshare(CLONE_NEWTIME));
  CLEAT_RETURN_IF_ERROR(SetTimeOffsets(request.offsets));
  return EnterTimeForChildren();
}

// Lets go of all that was the caller's, but for `report`.
absl::Status LetGo(int report) {
  setsid();
  prctl(PR_SET_NAME, "ns-unshare", 0, 0, 0);
  for (const int number : {SIGHUP, SIGINT, SIGTERM, SIGPIPE}) {
    signal(number, SIG_DFL);
  }
  // Whoever is orphaned in the PID namespace becomes a child of this process.
  signal(SIGCHLD, SIG_IGN);
  if (chdir("/") != 0) return sys::ErrnoError("change directory to /");
  CLEAT_ASSIGN_OR_RETURN(const sys::Fd null, sys::Open("/dev/null", O_RDWR));
  for (int fd = 0; fd < 3; ++fd) dup2(null.get(), fd);
  trace::Enable(trace::Form::kOff, -1);
  if (report > 3) syscall(SYS_close_range, 3, report - 1, 0);
  syscall(SYS_close_range, report + 1, ~0U, 0);
  return absl::OkStatus();
}

absl::Status BecomeHolder(const Request& request, int report) {
  CLEAT_RETURN_IF_ERROR(EnterTime(request));
  CLEAT_RETURN_IF_ERROR(SetUp(request));
  return LetGo(report);
}

[[noreturn]] void Hold(const Request& request, int go, sys::Fd report) {
  char byte;
  if (sys::RetryOnEintr([&] { return read(go, &byte, 1); }) != 1) _exit(1);
  const absl::Status status = BecomeHolder(request, report.get());
  const std::string said(status.ok() ? kReady : status.message());
  sys::WriteAll(report.get(), said, "report").IgnoreError();
  report.Reset();
  if (!status.ok()) _exit(1);
  while (true) pause();
}

}  // namespace

absl::StatusOr<NamespaceHolder> NamespaceHolder::Make(const Request& request) {
  NamespaceHolder holder(request);
  CLEAT_ASSIGN_OR_RETURN(sys::ReportPipe go, sys::MakeReportPipe());
  CLEAT_ASSIGN_OR_RETURN(sys::ReportPipe said, sys::MakeReportPipe());
  const uint64_t flags = request.flags & ~uint64_t{CLONE_NEWTIME};
  absl::StatusOr<sys::ChildProcess> child = sys::Clone({flags, -1}, [&] {
    close(go.child.get());
    Hold(request, go.parent.get(), std::move(said.child));
  });
  if (!child.ok()) return CreationError(flags, errno);
  holder.child_ = *std::move(child);
  holder.go_ = std::move(go.child);
  holder.said_ = std::move(said.parent);
  return holder;
}

NamespaceHolder::~NamespaceHolder() {
  if (!go_.valid()) return;
  go_.Reset();
  sys::RetryOnEintr([&] { return waitpid(child_.pid, nullptr, 0); });
}

absl::Status NamespaceHolder::SetUp() {
  CLEAT_RETURN_IF_ERROR(WriteIdMaps(child_.pid, request_.maps));
  (void)!write(go_.get(), "", 1);
  CLEAT_ASSIGN_OR_RETURN(
      const std::string said,
      sys::ReadAll(said_.get(), kReportLimit, "the holder's report"));
  if (said != kReady) {
    return absl::FailedPreconditionError(
        said.empty() ? "hold namespaces: the holder was killed" : said);
  }
  go_.Reset();
  // Nothing is left to wait for.
  child_.pidfd.Reset();
  return absl::OkStatus();
}

}  // namespace cleat::ns
