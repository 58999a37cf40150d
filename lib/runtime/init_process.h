#ifndef CLEAT_LIB_RUNTIME_INIT_PROCESS_H_
#define CLEAT_LIB_RUNTIME_INIT_PROCESS_H_

#include <vector>

#include "lib/runtime/launcher/launcher.h"
#include "lib/runtime/plan.h"
#include "lib/sys/child.h"

// The last steps before a container's program runs, the same for its first
// process and for one that joins it. All of it runs between clone and exec.

namespace cleat::runtime {

// Takes these as 0, 1 and 2 (-1: leaves what is there), or the terminal if
// there is one (-1: none), and marks all other descriptors but `preserved`,
// which is sorted, to be closed by exec.
struct ProcessFds {
  int standard[3] = {-1, -1, -1};
  std::vector<int> preserved;
};
void SetDescriptors(const ProcessFds& fds, int terminal,
                    const sys::ChildReport& report);

// Written below `root`, where proc is mounted already.
void SetOomScore(const ProcessPlan& plan, int root,
                 const sys::ChildReport& report);

// The profile that AppArmor applies at exec; written likewise.
void SetAppArmor(const ProcessPlan& plan, int root,
                 const sys::ChildReport& report);

void SetLimits(const ProcessPlan& plan, const sys::ChildReport& report);

// User, groups, capabilities and no_new_privs, in the order in which each is
// still allowed.
void SetCredentials(const ProcessPlan& plan, const sys::ChildReport& report);

// Default dispositions, nothing blocked.
void ResetSignals();

// Loads the filter of system calls and runs the program, or reports why not.
[[noreturn]] void Exec(const ProcessPlan& plan, const sys::ChildReport& report);

// The same by way of the launcher (launcher/launcher.h), which is open as
// `launcher`: the program may be exchanged meanwhile, and the process be looked
// into. A filter of system calls has to let execveat(2) pass, and as kInit what
// a process needs to wait for another.
[[noreturn]] void Launch(const ProcessPlan& plan, int launcher, LaunchMode mode,
                         const sys::ChildReport& report);

}  // namespace cleat::runtime

#endif  // CLEAT_LIB_RUNTIME_INIT_PROCESS_H_
