#include "lib/runtime/init_process.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
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
#include "lib/runtime/proc_file.h"
#include "lib/runtime/program.h"
#include "lib/sys/child_record.h"
#include "lib/sys/fd.h"
#include "lib/sys/seccomp.h"

namespace cleat::runtime {
namespace {

constexpr sys::CapabilitySet kSysAdmin = sys::CapabilitySet{1} << CAP_SYS_ADMIN;

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

constexpr char kNoOtherIds[] =
    "the container's id map does not have it (--user=0, or more ids by "
    "/etc/subuid and /etc/subgid, and a new store)";

void CheckId(long result, const char* kind, uint32_t id,
             const sys::ChildReport& report) {
  if (result == 0) return;
  char what[32];
  snprintf(what, sizeof(what), "%s %u", kind, id);
  if (errno == EINVAL) {
    report.Refuse("run as", what, kNoOtherIds);
  }
  report.Fail("run as", what, errno);
}

bool HasOnlyOwnGroup(const ProcessPlan& plan) {
  for (const gid_t group : plan.groups) {
    if (group != plan.gid) return false;
  }
  return true;
}

// The raw calls: glibc's would set the credentials of this process's threads,
// of which a copy has none.
void SetIds(const ProcessPlan& plan, const sys::ChildReport& report) {
  // A user who has no group ids but his own may not change his groups
  // (user_namespaces(7), "/proc/PID/setgroups"): the container keeps them, as
  // it does with every engine.
  const long set =
      syscall(SYS_setgroups, plan.groups.size(), plan.groups.data());
  if (set != 0 && errno != EPERM && errno != EINVAL) {
    report.Fail("set supplementary groups", "", errno);
  }
  if (set != 0 && !(errno == EPERM && HasOnlyOwnGroup(plan))) {
    report.Refuse("set supplementary groups", "", kNoOtherIds);
  }
  CheckId(syscall(SYS_setresgid, plan.gid, plan.gid, plan.gid), "group",
          plan.gid, report);
  CheckId(syscall(SYS_setresuid, plan.uid, plan.uid, plan.uid), "user",
          plan.uid, report);
}

// Why `path` will not be run, as far as that can be told before; 0.
int Obstacle(const char* path) {
  const int error = CheckProgram(path);
  if (error != 0) return error;
  struct stat info;
  if (stat(path, &info) != 0) return errno;
  if (!S_ISREG(info.st_mode)) return EACCES;
  return faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) == 0 ? 0 : errno;
}

// As execvp(3): a candidate that is missing is passed over, one that may not
// be run is remembered.
const char* ChooseProgram(const ProcessPlan& plan,
                          const sys::ChildReport& report) {
  const bool search = plan.candidates.size() != 1;
  int error = ENOENT;
  for (const std::string& candidate : plan.candidates) {
    const int obstacle = Obstacle(candidate.c_str());
    if (obstacle == 0) return candidate.c_str();
    const bool missing = obstacle == ENOENT || obstacle == ENOTDIR;
    if (!missing || !search) error = obstacle;
    if (!missing && obstacle != EACCES) break;
  }
  report.FailExec(
      plan.args[0], error,
      search && error == ENOENT ? "not found in the container's PATH" : "");
}

// Writes to a file of this process's own, of the procfs below `root`. `denied`
// says what EACCES means there, if that is known.
void WriteProc(const char* path, const std::string& text, int root,
               const char* denied, const sys::ChildReport& report) {
  const sys::Fd fd = OpenProcFile(root, path, report);
  if (write(fd.get(), text.data(), text.size()) >= 0) return;
  const int error = errno;
  char step[64];
  snprintf(step, sizeof(step), "write '%s' to", text.c_str());
  if (error == EACCES && *denied != '\0') report.Refuse(step, path, denied);
  report.Fail(step, path, error);
}

void SetLimit(const RlimitPlan& rlimit, const sys::ChildReport& report) {
  const long set =
      syscall(SYS_prlimit64, 0, rlimit.resource, &rlimit.limit, nullptr);
  if (set == 0) return;
  if (errno == EPERM) {
    report.Refuse("set limit", rlimit.name,
                  "above the caller's own hard limit, which only "
                  "CAP_SYS_RESOURCE may raise (nofile: up to fs.nr_open)");
  }
  report.Fail("set limit", rlimit.name, errno);
}

// Who writes to /dev/stdout opens a pipe anew, which its mode allows its owner
// only. docker run, whose pipes are the container's own, gives them to the
// user; these are the caller's, and keep their owner: nobody reaches a pipe
// without a name but through a process that has it (proc(5), /proc/PID/fd).
// Where this is not allowed the program has the descriptor all the same.
void OpenPipesToUser() {
  for (int fd = 0; fd < 3; ++fd) {
    struct statfs info;
    if (fstatfs(fd, &info) != 0 || info.f_type != PIPEFS_MAGIC) continue;
    const int ignored = fchmod(fd, 0666);
    static_cast<void>(ignored);
  }
}

// Where no_new_privs is not set the kernel asks for CAP_SYS_ADMIN.
bool NeedsAdminForFilter(const ProcessPlan& plan) {
  return !plan.filter.empty() && !plan.no_new_privileges;
}

// A capability that is permitted until exec gives the program nothing: that
// computes what it has from the other sets (capabilities(7), "Transformation
// of capabilities during execve()").
sys::CapabilitySets SetsUntilExec(const ProcessPlan& plan) {
  sys::CapabilitySets sets = plan.capabilities;
  if (NeedsAdminForFilter(plan)) {
    sets.permitted |= kSysAdmin;
    sets.effective |= kSysAdmin;
  }
  return sets;
}

void LoadFilter(const ProcessPlan& plan, const sys::ChildReport& report) {
  if (plan.filter.empty()) return;
  report.Check(sys::LoadFilter(plan.filter, plan.filter_flags),
               "load seccomp filter");
}

// Those that come before the launcher waits for them are kept for it.
void BlockSignals(const sys::ChildReport& report) {
  const uint64_t all = ~uint64_t{0};
  report.Check(
      syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, nullptr, sizeof(all)),
      "block signals");
}

}  // namespace

void SetDescriptors(const ProcessFds& fds, int terminal,
                    const sys::ChildReport& report) {
  for (int to = 0; to < 3; ++to) {
    TakeStandard(terminal >= 0 ? terminal : fds.standard[to], to, report);
  }
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
  WriteProc("/proc/self/oom_score_adj", plan.oom_score_adj, root,
            "below the caller's own needs CAP_SYS_RESOURCE", report);
}

void SetAppArmor(const ProcessPlan& plan, int root,
                 const sys::ChildReport& report) {
  if (plan.apparmor.empty()) return;
  WriteProc("/proc/self/attr/apparmor/exec", plan.apparmor, root, "", report);
}

void SetLimits(const ProcessPlan& plan, const sys::ChildReport& report) {
  for (const RlimitPlan& rlimit : plan.rlimits) {
    SetLimit(rlimit, report);
  }
  umask(plan.umask);
}

void SetCredentials(const ProcessPlan& plan, const sys::ChildReport& report) {
  trace::Span span("set user and capabilities", "");
  if (plan.uid != 0) OpenPipesToUser();
  report.Check(sys::LimitBoundingSet(plan.bounding), "limit capabilities");
  report.Check(prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0), "keep capabilities");
  SetIds(plan, report);
  report.Check(sys::SetCapabilities(SetsUntilExec(plan)), "set capabilities");
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

// The filter comes last, so that it need let pass nothing that is not the
// program's own but its exec.
void Exec(const ProcessPlan& plan, const sys::ChildReport& report) {
  const char* const program = ChooseProgram(plan, report);
  LoadFilter(plan, report);
  execve(program, plan.argv.data(), plan.envp.data());
  const int error = errno;
  report.FailExec(plan.args[0], error, sys::ReasonOfExec(error));
}

// The report pipe is the launcher's to close.
void Launch(const ProcessPlan& plan, int launcher, LaunchMode mode,
            const sys::ChildReport& report) {
  const char* const program = ChooseProgram(plan, report);
  snprintf(plan.launcher_envp[0], plan.launcher_variable.size(), "%s=%c,%d,%s",
           kLaunchVariable, static_cast<char>(mode), report.fd(), program);
  report.Check(fcntl(report.fd(), F_SETFD, 0), "hand over the report");
  if (mode == LaunchMode::kInit) BlockSignals(report);
  LoadFilter(plan, report);
  syscall(SYS_execveat, launcher, "", plan.launcher_argv.data(),
          plan.launcher_envp.data(), AT_EMPTY_PATH);
  report.Fail("run the launcher of", plan.args[0], errno);
}

}  // namespace cleat::runtime
