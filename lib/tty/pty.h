#ifndef CLEAT_LIB_TTY_PTY_H_
#define CLEAT_LIB_TTY_PTY_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/sys/fd.h"

namespace cleat::tty {

// A pseudoterminal (pty(7)) as the one who relays it holds it.
struct Pty {
  // Does not block.
  sys::Fd master;
  // Held so that the master has no end while the program lives, even when no
  // process has the terminal open for a while.
  sys::Fd peer;
};

// Takes over a master that the container's side has made (lib/runtime,
// console.h). kFailedPrecondition when it is none.
absl::StatusOr<Pty> TakePty(sys::Fd master);

// What a user types for the end of input: once at the beginning of a line,
// twice within one (termios(3), VEOF).
std::string EndOfInput(int master, bool within_line);

}  // namespace cleat::tty

#endif  // CLEAT_LIB_TTY_PTY_H_
