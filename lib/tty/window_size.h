#ifndef CLEAT_LIB_TTY_WINDOW_SIZE_H_
#define CLEAT_LIB_TTY_WINDOW_SIZE_H_

#include <sys/ioctl.h>

#include "absl/types/optional.h"

namespace cleat::tty {

// The size of the terminal at which the caller sits: of the first of standard
// output, input and error that is one. Nothing without any.
absl::optional<struct winsize> CallersWindowSize();

// Gives a terminal the size of another, if that is one; who runs in the
// foreground there is told by SIGWINCH.
void CopyWindowSize(int from, int to);

}  // namespace cleat::tty

#endif  // CLEAT_LIB_TTY_WINDOW_SIZE_H_
