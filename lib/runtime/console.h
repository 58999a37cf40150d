#ifndef CLEAT_LIB_RUNTIME_CONSOLE_H_
#define CLEAT_LIB_RUNTIME_CONSOLE_H_

#include "lib/runtime/plan.h"
#include "lib/sys/child.h"

// The container's side of a terminal: a pty (pty(7)) of its own devpts, made by
// the process that is to have it. Between clone and exec.

namespace cleat::runtime {

struct Console {
  int master = -1;
  // The terminal, which the program gets as its standard streams.
  int terminal = -1;

  bool valid() const { return terminal >= 0; }
};

// Makes one below `root`, of the size and for the user that the plan names.
// What the image or the container may have put in the way is never taken for
// a pty: the master is made by the device that the kernel has put into devpts
// itself, and the terminal comes from the master, not from a path
// (CVE-2025-52565).
Console MakeConsole(const ProcessPlan& plan, int root,
                    const sys::ChildReport& report);

// Puts it at /dev/console.
void BindConsole(const Console& console, int root,
                 const sys::ChildReport& report);

// Sends the master over `socket`, as the OCI runtimes do to --console-socket
// (runc, docs/terminals.md), and makes the terminal the controlling one of
// this process, which leads its session.
void TakeConsole(const Console& console, int socket,
                 const sys::ChildReport& report);

}  // namespace cleat::runtime

#endif  // CLEAT_LIB_RUNTIME_CONSOLE_H_
