#include "lib/tty/pty.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>

#include "lib/sys/errno.h"

namespace cleat::tty {

absl::StatusOr<Pty> TakePty(sys::Fd master) {
  if (fcntl(master.get(), F_SETFL, O_NONBLOCK) != 0) {
    return sys::ErrnoError("set the pty");
  }
  sys::Fd peer(ioctl(master.get(), TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC));
  if (!peer.valid()) return sys::ErrnoError("open the pty's other side");
  return Pty{std::move(master), std::move(peer)};
}

std::string EndOfInput(int master, bool within_line) {
  struct termios modes;
  if (tcgetattr(master, &modes) != 0) return "";
  const char end = static_cast<char>(modes.c_cc[VEOF]);
  return std::string(within_line ? 2 : 1, end);
}

}  // namespace cleat::tty
