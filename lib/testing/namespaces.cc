#include "lib/testing/namespaces.h"

#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "lib/sys/errno.h"
#include "lib/sys/fd.h"
#include "lib/sys/file.h"

namespace cleat::testing {
namespace {

constexpr size_t kReportLimit = size_t{1} << 20;

int WaitFor(pid_t pid) {
  int status = 0;
  sys::RetryOnEintr([&] { return waitpid(pid, &status, 0); });
  return status;
}

// Ends as the child did, so that the test sees its signal or status.
[[noreturn]] void ExitLike(int status) {
  if (WIFSIGNALED(status)) raise(WTERMSIG(status));
  _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
}

absl::Status Enter(int flags) {
  if (unshare(flags) != 0) return sys::ErrnoError("unshare");
  if ((flags & CLONE_NEWNS) != 0 &&
      mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
    return sys::ErrnoError("make mounts private");
  }
  return absl::OkStatus();
}

[[noreturn]] void RunChild(int flags, int fd,
                           absl::FunctionRef<void(Report&)> body) {
  Report report(fd);
  const absl::Status entered = Enter(flags);
  report.Check("enter namespaces", entered);
  if (!entered.ok()) _exit(0);
  if ((flags & CLONE_NEWPID) != 0) {
    const pid_t init = fork();
    if (init != 0) ExitLike(WaitFor(init));
  }
  body(report);
  _exit(0);
}

std::vector<std::string> Collect(int fd, int status) {
  const std::string text =
      sys::ReadAll(fd, kReportLimit, "report").value_or("report is too long");
  std::vector<std::string> failures =
      absl::StrSplit(text, '\n', absl::SkipEmpty());
  if (WIFSIGNALED(status)) {
    failures.push_back(
        absl::StrCat("child died of ", strsignal(WTERMSIG(status))));
  } else if (WEXITSTATUS(status) != 0) {
    failures.push_back(absl::StrCat("child exited ", WEXITSTATUS(status)));
  }
  return failures;
}

}  // namespace

void Report::Check(absl::string_view what, bool passed) {
  if (!passed) Fail(what, "false");
}

void Report::Check(absl::string_view what, const absl::Status& status) {
  if (!status.ok()) Fail(what, status.message());
}

void Report::Fail(absl::string_view what, absl::string_view why) const {
  const std::string line =
      absl::StrReplaceAll(absl::StrCat(what, ": ", why), {{"\n", " "}});
  if (!sys::WriteAll(fd_, absl::StrCat(line, "\n"), "report").ok()) abort();
}

std::vector<std::string> RunInNamespaces(
    int flags, absl::FunctionRef<void(Report&)> body) {
  // A file, not a pipe: no report can block the child.
  const sys::Fd report(open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (!report.valid()) return {absl::StrCat("report: ", strerror(errno))};
  const pid_t child = fork();
  if (child < 0) return {absl::StrCat("fork: ", strerror(errno))};
  if (child == 0) RunChild(flags, report.get(), body);
  const int status = WaitFor(child);
  lseek(report.get(), 0, SEEK_SET);
  return Collect(report.get(), status);
}

std::string NamespacesMissing(int flags) {
  const std::vector<std::string> failures =
      RunInNamespaces(flags, [](Report&) {});
  return failures.empty() ? "" : failures.front();
}

}  // namespace cleat::testing
