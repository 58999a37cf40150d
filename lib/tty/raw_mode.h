#ifndef CLEAT_LIB_TTY_RAW_MODE_H_
#define CLEAT_LIB_TTY_RAW_MODE_H_

#include <termios.h>

#include "absl/status/status.h"

namespace cleat::tty {

// The modes of a terminal: raw while a program elsewhere gets every key, and
// as they were found for everyone else. What was found comes back when this is
// destroyed, and when the process dies of a signal that says that it is broken
// (SIGSEGV and its like; there is one such object at a time). Only SIGKILL
// leaves a terminal raw, as it does of every program: `stty sane` or `reset`
// mends it.
class RawMode {
 public:
  // `terminal` is not owned; one that is no terminal has no modes, and nothing
  // here does anything.
  explicit RawMode(int terminal);
  ~RawMode();
  RawMode(const RawMode&) = delete;
  RawMode& operator=(const RawMode&) = delete;

  // Sets raw modes (cfmakeraw(3)). The first time, the modes that are there are
  // kept. In the background it does nothing: the terminal is somebody else's
  // until SIGCONT comes to the foreground.
  absl::Status Enter();

  // Sets the modes that were found, until the next Enter.
  void Restore();

 private:
  int terminal_;
  bool found_ = false;
  bool raw_ = false;
  struct termios modes_ = {};
};

}  // namespace cleat::tty

#endif  // CLEAT_LIB_TTY_RAW_MODE_H_
