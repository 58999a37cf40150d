#include "lib/runtime/console.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "lib/base/trace.h"
#include "lib/runtime/beneath.h"
#include "lib/sys/fd.h"
#include "lib/sys/pass_fd.h"

namespace cleat::runtime {
namespace {

constexpr char kDirectory[] = "/dev/pts";
constexpr char kMultiplexer[] = "/dev/pts/ptmx";
constexpr char kConsole[] = "/dev/console";

bool IsOnDevpts(int fd) {
  struct statfs info;
  return fstatfs(fd, &info) == 0 && info.f_type == DEVPTS_SUPER_MAGIC;
}

// In a directory of devpts there is only what the kernel puts there, and what
// is mounted on top, which is passed over (RESOLVE_NO_XDEV).
int OpenMultiplexer(int root, const sys::ChildReport& report) {
  const sys::Fd directory(report.Check(
      OpenBelow(root, kDirectory, O_PATH | O_DIRECTORY, RESOLVE_NO_SYMLINKS),
      "make a terminal in", kDirectory));
  if (!IsOnDevpts(directory.get())) {
    report.Refuse("make a terminal in", kDirectory, "it is no devpts");
  }
  return report.Check(OpenBelow(directory.get(), "ptmx", O_RDWR | O_NOCTTY,
                                RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV),
                      "make a terminal with", kMultiplexer);
}

int OpenTerminal(int master, const sys::ChildReport& report) {
  const int unlocked = 0;
  report.Check(ioctl(master, TIOCSPTLCK, &unlocked), "unlock the terminal of",
               kMultiplexer);
  return report.Check(ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC),
                      "open the terminal of", kMultiplexer);
}

// The program may open its terminal by name, too. An id that is not mapped
// here owns nothing, and the terminal stays root's.
void SetOwner(int terminal, uid_t uid, const sys::ChildReport& report) {
  if (fchown(terminal, uid, static_cast<gid_t>(-1)) == 0) return;
  if (errno != EINVAL && errno != EPERM) {
    report.Fail("set the owner of the terminal", "", errno);
  }
}

// An image without a fresh /dev may have anything there: a link is refused.
int OpenPlace(int root, const sys::ChildReport& report) {
  const int place =
      OpenBelow(root, kConsole, O_PATH | O_NOFOLLOW, RESOLVE_NO_SYMLINKS);
  if (place >= 0 || errno != ENOENT) {
    return report.Check(place, "open", kConsole);
  }
  const char* name;
  const sys::Fd parent(report.Check(OpenParentBelow(root, kConsole, &name),
                                    "open directory of", kConsole));
  return report.Check(
      openat(parent.get(), name,
             O_RDONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600),
      "make", kConsole);
}

}  // namespace

Console MakeConsole(const ProcessPlan& plan, int root,
                    const sys::ChildReport& report) {
  trace::Span span("make terminal", kMultiplexer);
  Console console;
  console.master = OpenMultiplexer(root, report);
  console.terminal = OpenTerminal(console.master, report);
  SetOwner(console.terminal, plan.uid, report);
  if (plan.window.ws_row != 0 || plan.window.ws_col != 0) {
    report.Check(ioctl(console.terminal, TIOCSWINSZ, &plan.window),
                 "set the size of the terminal");
  }
  return console;
}

void BindConsole(const Console& console, int root,
                 const sys::ChildReport& report) {
  const sys::Fd place(OpenPlace(root, report));
  const sys::Fd tree(report.Check(
      static_cast<int>(syscall(
          SYS_open_tree, console.terminal, "",
          OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | unsigned{AT_EMPTY_PATH})),
      "bind the terminal to", kConsole));
  report.Check(syscall(SYS_move_mount, tree.get(), "", place.get(), "",
                       MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH),
               "bind the terminal to", kConsole);
}

void TakeConsole(const Console& console, int socket,
                 const sys::ChildReport& report) {
  report.Check(sys::SendFd(socket, console.master, kMultiplexer),
               "hand over the terminal");
  report.Check(ioctl(console.terminal, TIOCSCTTY, 0),
               "take the terminal as the controlling one");
}

}  // namespace cleat::runtime
