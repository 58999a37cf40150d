#include "lib/tty/window_size.h"

#include <unistd.h>

namespace cleat::tty {

absl::optional<struct winsize> CallersWindowSize() {
  struct winsize size;
  for (const int fd : {STDOUT_FILENO, STDIN_FILENO, STDERR_FILENO}) {
    if (ioctl(fd, TIOCGWINSZ, &size) == 0) return size;
  }
  return absl::nullopt;
}

void CopyWindowSize(int from, int to) {
  struct winsize size;
  if (ioctl(from, TIOCGWINSZ, &size) == 0) ioctl(to, TIOCSWINSZ, &size);
}

}  // namespace cleat::tty
