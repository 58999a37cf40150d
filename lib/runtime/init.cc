#include "lib/runtime/init.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "absl/strings/string_view.h"
#include "lib/base/trace.h"
#include "lib/cgroup/attach.h"
#include "lib/ns/net.h"
#include "lib/ns/uts.h"
#include "lib/runtime/beneath.h"
#include "lib/runtime/cgroup_view.h"
#include "lib/runtime/init_mounts.h"
#include "lib/runtime/namespaces.h"
#include "lib/runtime/proc_file.h"
#include "lib/sys/fd.h"
#include "lib/sys/pass_fd.h"

namespace cleat::runtime {
namespace {

void SetNames(const Plan& plan, const sys::ChildReport& report) {
  if (!plan.Makes(CLONE_NEWUTS)) return;
  report.Check(ns::SetNames(plan.hostname, plan.domainname), "set host name",
               plan.hostname);
}

void StartLoopback(const Plan& plan, const sys::ChildReport& report) {
  if (!plan.Makes(CLONE_NEWNET)) return;
  report.Check(ns::StartLoopback(), "start", "lo");
}

// A root without a fresh /dev may have the node already.
bool IsDevice(int parent, const char* name, const DevicePlan& device) {
  struct stat info;
  return fstatat(parent, name, &info, AT_SYMLINK_NOFOLLOW) == 0 &&
         (info.st_mode & S_IFMT) == (device.mode & S_IFMT) &&
         info.st_rdev == device.device;
}

// In a user namespace devices cannot be made, but the host's own be shown.
void BindDevice(const DevicePlan& device, int parent, const char* name,
                const sys::ChildReport& report) {
  const char* const path = device.path.c_str();
  const sys::Fd host(
      open_tree(AT_FDCWD, path,
                OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_SYMLINK_NOFOLLOW));
  if (!host.valid() || !IsDevice(AT_FDCWD, path, device)) {
    report.Refuse("make device", device.path,
                  "only root can, and the host shows none to bind");
  }
  const sys::Fd target(
      report.Check(openat(parent, name, O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666),
                   "make file for device", device.path));
  report.Check(move_mount(host.get(), "", target.get(), "",
                          MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH),
               "bind device", device.path);
}

// The directory of what is made one after the other, most often /dev.
class Directory {
 public:
  Directory(int root, const sys::ChildReport& report)
      : root_(root), report_(report) {}

  // The directory of `path` below the root, open until the next call, and the
  // last part of `path`.
  int Of(const std::string& path, const char** name) {
    const size_t slash = path.rfind('/');
    const absl::string_view parent = absl::string_view(path).substr(0, slash);
    *name = path.c_str() + slash + 1;
    if (fd_.valid() && parent == path_) return fd_.get();
    fd_.Reset(report_.Check(OpenParentBelow(root_, path.c_str(), name),
                            "open directory of", path));
    path_ = parent;
    return fd_.get();
  }

 private:
  int root_;
  const sys::ChildReport& report_;
  sys::Fd fd_;
  absl::string_view path_;
};

void MakeDevice(const DevicePlan& device, Directory& directory,
                const sys::ChildReport& report) {
  const char* name;
  const int parent = directory.Of(device.path, &name);
  if (mknodat(parent, name, device.mode, device.device) != 0) {
    const int error = errno;
    if (error == EPERM) return BindDevice(device, parent, name, report);
    if (error != EEXIST || !IsDevice(parent, name, device)) {
      report.Fail("make device", device.path, error);
    }
  }
  if (device.uid == 0 && device.gid == 0) return;
  report.Check(
      fchownat(parent, name, device.uid, device.gid, AT_SYMLINK_NOFOLLOW),
      "set owner of", device.path);
}

void MakeDevices(const Plan& plan, int root, const sys::ChildReport& report) {
  trace::Span span("make devices", "");
  // Modes are meant as they stand.
  const mode_t old = umask(0);
  Directory directory(root, report);
  for (const DevicePlan& device : plan.devices) {
    MakeDevice(device, directory, report);
  }
  umask(old);
}

void MakeLinks(const Plan& plan, int root, const sys::ChildReport& report) {
  Directory directory(root, report);
  for (const LinkPlan& link : plan.links) {
    const char* name;
    const int parent = directory.Of(link.path, &name);
    if (symlinkat(link.target.c_str(), parent, name) != 0 && errno != EEXIST) {
      report.Fail("make link", link.path, errno);
    }
  }
}

void WriteSysctls(const Plan& plan, int root, const sys::ChildReport& report) {
  for (const SysctlPlan& sysctl : plan.sysctls) {
    trace::Span span("write sysctl", sysctl.path);
    const sys::Fd fd = OpenProcFile(root, sysctl.path.c_str(), report);
    report.Check(write(fd.get(), sysctl.value.data(), sysctl.value.size()),
                 "write sysctl", sysctl.path);
  }
}

Console MakeOwnConsole(const Plan& plan, int root,
                       const sys::ChildReport& report) {
  if (!plan.process.terminal) return {};
  const Console console = MakeConsole(plan.process, root, report);
  BindConsole(console, root, report);
  return console;
}

// The parent says one word for each thing that is waited for.
void AwaitWord(int start) {
  int none[sys::kMaxPassed];
  if (sys::ReceiveFds(start, none) < 0) _exit(125);
}

// The groups that the parent makes while this process does other things.
void EnterGroupsThatFollow(const InitFds& fds, const sys::ChildReport& report) {
  if (!fds.groups_follow) return;
  trace::Span span("await cgroups", "");
  int tasks[sys::kMaxPassed];
  const int count = sys::ReceiveFds(fds.start, tasks);
  if (count < 0) _exit(125);
  for (int i = 0; i < count; ++i) {
    cgroup::EnterGroup(tasks[i], "", report);
    close(tasks[i]);
  }
}

// All that is made of files, and at last the root itself. The working
// directory is opened while the root is still a descriptor, so that no path
// of the image leads out of it (CVE-2024-21626).
Console MakeRoot(const Plan& plan, const InitFds& fds,
                 const sys::ChildReport& report) {
  AttachRoot(plan, fds.root, report);
  sys::Fd cgroups;
  MountAll(plan, fds.root, report, [&] {
    if (!plan.Makes(CLONE_NEWUSER)) EnterGroupsThatFollow(fds, report);
    cgroups = EnterCgroupNamespace(plan, report);
  });
  if (cgroups.valid()) {
    report.Check(setns(cgroups.get(), CLONE_NEWCGROUP),
                 "return to the cgroup namespace");
  }
  MakeDevices(plan, fds.root, report);
  MakeLinks(plan, fds.root, report);
  const Console console = MakeOwnConsole(plan, fds.root, report);
  WriteSysctls(plan, fds.root, report);
  SetOomScore(plan.process, fds.root, report);
  SetAppArmor(plan.process, fds.root, report);
  const sys::Fd cwd(
      report.Check(OpenDirectoryBelow(fds.root, plan.process.cwd.c_str()),
                   "open working directory", plan.process.cwd));
  MaskPaths(plan, fds.root, report);
  SetReadOnly(plan, fds.root, report);
  PivotRoot(plan, fds.root, report);
  report.Check(fchdir(cwd.get()), "change to working directory",
               plan.process.cwd);
  return console;
}

// The death signal is lost with a change of credentials, so it is asked for
// after the last; a parent that has died before that has closed its end of
// the start socket.
void BindToParent(const InitFds& fds, const sys::ChildReport& report) {
  if (!fds.die_with_parent) return;
  report.Check(prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0), "set death signal");
  struct pollfd entry = {fds.start, 0, 0};
  if (poll(&entry, 1, 0) > 0 && (entry.revents & POLLHUP) != 0) _exit(125);
}

}  // namespace

void EnterCgroups(const InitFds& fds, const sys::ChildReport& report) {
  for (const int tasks : fds.cgroup_tasks) {
    cgroup::EnterGroup(tasks, "", report);
  }
}

// Keys of the caller's session are not the container's. A kernel without
// keyrings has none to share; where the call itself is forbidden (EPERM, by a
// filter) the program cannot reach them either.
void LeaveKeyring(const sys::ChildReport& report) {
  if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, nullptr) < 0 &&
      errno != ENOSYS && errno != EPERM) {
    report.Fail("join a new session keyring", "", errno);
  }
}

void RunProgram(const ProcessPlan& plan, const InitFds& fds,
                const Console& console, const sys::ChildReport& report) {
  if (console.valid()) TakeConsole(console, fds.console, report);
  SetLimits(plan, report);
  SetDescriptors(fds.process, console.terminal, report);
  SetCredentials(plan, report);
  BindToParent(fds, report);
  ResetSignals();
  report.Ready();
  AwaitWord(fds.start);
  if (fds.launcher >= 0) Launch(plan, fds.launcher, fds.mode, report);
  Exec(plan, report);
}

void RunInit(const Plan& plan, const InitFds& fds) {
  const sys::ChildReport report(fds.report);
  if (fds.start_other >= 0) close(fds.start_other);
  setsid();
  EnterCgroups(fds, report);
  if (plan.Makes(CLONE_NEWUSER)) EnterGroupsThatFollow(fds, report);
  if (plan.Makes(CLONE_NEWUSER)) {
    AwaitWord(fds.start);
    BecomeMappedUser(plan, report);
  }
  JoinNamespaces(plan, report);
  LeaveKeyring(report);
  SetNames(plan, report);
  StartLoopback(plan, report);
  const Console console = MakeRoot(plan, fds, report);
  RunProgram(plan.process, fds, console, report);
}

}  // namespace cleat::runtime
