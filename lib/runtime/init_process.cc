#include "lib/runtime/init_process.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/close_range.h>
#include <linux/magic.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "lib/base/trace.h"
#include "lib/runtime/beneath.h"
#include "lib/runtime/program.h"
#include "lib/sys/fd.h"

namespace cleat::runtime {
namespace {

// Beyond what any process here has open; only for kernels before 5.11.
constexpr unsigned int kMaxDescriptor = 65536;

void MarkOneByOne(unsigned int first, unsigned int last) {
  for (unsigned int fd = first; fd <= last && fd < kMaxDescriptor; ++fd) {
    fcntl(static_cast<int>(fd), F_SETFD, FD_CLOEXEC);
  }
}

void CloseOnExec(unsigned int first, unsigned int last) {
  if (first > last) return;
  if (syscall(SYS_close_range, first, last, CLOSE_RANGE_CLOEXEC) != 0) {
    MarkOneByOne(first, last);
  }
}

void PassOn(int fd, const sys::ChildReport& report) {
  char number[16];
  snprintf(number, sizeof(number), "%d", fd);
  report.Check(fcntl(fd, F_SETFD, 0), "pass on descriptor", number);
}

void TakeStandard(int from, int to, const sys::ChildReport& report) {
  if (from == to) {
    PassOn(to, report);
  } else if (from >= 0) {
    report.Check(dup2(from, to), "pass on descriptor");
  }
}

// The raw calls: glibc's would set the credentials of this process's threads,
// of which a copy has none.
void SetIds(const ProcessPlan& plan, const sys::ChildReport& report) {
  report.Check(syscall(SYS_setgroups, plan.groups.size(), plan.groups.data()),
               "set supplementary groups");
  report.Check(syscall(SYS_setresgid, plan.gid, plan.gid, plan.gid),
               "set group");
  report.Check(syscall(SYS_setresuid, plan.uid, plan.uid, plan.uid),
               "set user");
}

// What the errno of execve(2) does not say; empty where it says enough.
absl::string_view Reason(const ProcessPlan& plan, int error) {
  if (error == ENOEXEC) {
    return "neither a script with a #! line nor a program of this machine's "
           "architecture";
  }
  if (error != ENOENT) return "";
  if (plan.candidates.size() != 1) return "not found in the container's PATH";
  if (access(plan.candidates[0].c_str(), F_OK) != 0) return "";
  return "it exists, but the interpreter or dynamic loader that it names does "
         "not";
}

// Returns, with errno set, only when the program was not run.
void ExecChecked(const std::string& path, const ProcessPlan& plan) {
  errno = CheckProgram(path.c_str());
  if (errno != 0) return;
  execve(path.c_str(), plan.argv.data(), plan.envp.data());
}

}  // namespace

void SetDescriptors(const ProcessFds& fds, const sys::ChildReport& report) {
  for (int to = 0; to < 3; ++to) TakeStandard(fds.standard[to], to, report);
  unsigned int first = 3;
  for (const int fd : fds.preserved) {
    const unsigned int kept = static_cast<unsigned int>(fd);
    if (kept < first) continue;
    CloseOnExec(first, kept - 1);
    PassOn(fd, report);
    first = kept + 1;
  }
  CloseOnExec(first, ~0U);
}

void SetOomScore(const ProcessPlan& plan, int root,
                 const sys::ChildReport& report) {
  if (plan.oom_score_adj.empty()) return;
  const char* const path = "/proc/self/oom_score_adj";
  const sys::Fd fd(report.Check(OpenBelow(root, path, O_WRONLY), "open", path));
  struct statfs info;
  report.Check(fstatfs(fd.get(), &info), "check", path);
  if (info.f_type != PROC_SUPER_MAGIC) {
    report.Refuse("write", path, "not procfs");
  }
  report.Check(
      write(fd.get(), plan.oom_score_adj.data(), plan.oom_score_adj.size()),
      "set oom_score_adj to", plan.oom_score_adj);
}

void SetLimits(const ProcessPlan& plan, const sys::ChildReport& report) {
  for (const RlimitPlan& rlimit : plan.rlimits) {
    report.Check(
        syscall(SYS_prlimit64, 0, rlimit.resource, &rlimit.limit, nullptr),
        "set limit", rlimit.name);
  }
  umask(plan.umask);
}

void SetCredentials(const ProcessPlan& plan, const sys::ChildReport& report) {
  trace::Span span("set user and capabilities", "");
  report.Check(sys::LimitBoundingSet(plan.bounding), "limit capabilities");
  report.Check(prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0), "keep capabilities");
  SetIds(plan, report);
  report.Check(sys::SetCapabilities(plan.capabilities), "set capabilities");
  report.Check(sys::SetAmbientSet(plan.ambient), "set ambient capabilities");
  if (plan.no_new_privileges) {
    report.Check(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "set no_new_privs");
  }
}

// The raw call: glibc's refuses the two signals that it uses itself, which a
// caller may have left ignored.
void ResetSignals() {
  struct {
    void (*handler)(int) = SIG_DFL;
    unsigned long flags = 0;
    void (*restorer)() = nullptr;
    uint64_t mask = 0;
  } action;
  for (int number = 1; number < NSIG; ++number) {
    syscall(SYS_rt_sigaction, number, &action, nullptr, sizeof(action.mask));
  }
  const uint64_t none = 0;
  syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, nullptr, sizeof(none));
}

// As execvp(3): a candidate that is missing is passed over, one that may not
// be run is remembered.
void Exec(const ProcessPlan& plan, const sys::ChildReport& report) {
  int error = ENOENT;
  for (const std::string& candidate : plan.candidates) {
    ExecChecked(candidate, plan);
    if (errno == ENOENT || errno == ENOTDIR) {
      if (plan.candidates.size() == 1) error = errno;
    } else {
      error = errno;
      if (error != EACCES) break;
    }
  }
  report.FailExec(plan.args[0], error, Reason(plan, error));
}

}  // namespace cleat::runtime
