#ifndef CLEAT_LIB_RUNTIME_INIT_H_
#define CLEAT_LIB_RUNTIME_INIT_H_

#include <vector>

#include "lib/runtime/console.h"
#include "lib/runtime/init_process.h"
#include "lib/runtime/plan.h"
#include "lib/sys/child.h"

namespace cleat::runtime {

// What a container's first process takes over from its parent.
struct InitFds {
  // The detached mount that becomes the root.
  int root = -1;
  // The child's end of the report pipe (lib/sys/child.h).
  int report = -1;
  // A socket of messages: the first brings the groups that follow, if any, the
  // next says that the maps of a new user namespace are written, where there is
  // one, and the last lets the program run; the end of it ends the process. The
  // other end is closed in the child.
  int start = -1;
  int start_other = -1;
  // The socket to which the master of the terminal goes.
  int console = -1;
  // `tasks` files of cgroup v1, open for writing.
  std::vector<int> cgroup_tasks;
  bool groups_follow = false;
  // The launcher, where it is to run the program (-1: nobody between), and how.
  int launcher = -1;
  LaunchMode mode = LaunchMode::kExec;
  ProcessFds process;
  // End with the parent, however that ends.
  bool die_with_parent = false;
};

// The first process of a container, from clone to exec: makes all that the
// plan says, reports that it is ready, waits to be started, runs the program.
[[noreturn]] void RunInit(const Plan& plan, const InitFds& fds);

// The parts that a process which joins a container has, too.

// Moves this process into the v1 groups that it knows already.
void EnterCgroups(const InitFds& fds, const sys::ChildReport& report);

// Takes a session keyring of its own.
void LeaveKeyring(const sys::ChildReport& report);

// From the working directory on: terminal, limits, descriptors, credentials,
// the word to start, and the program.
[[noreturn]] void RunProgram(const ProcessPlan& plan, const InitFds& fds,
                             const Console& console,
                             const sys::ChildReport& report);

}  // namespace cleat::runtime

#endif  // CLEAT_LIB_RUNTIME_INIT_H_
