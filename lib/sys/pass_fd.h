#ifndef CLEAT_LIB_SYS_PASS_FD_H_
#define CLEAT_LIB_SYS_PASS_FD_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "lib/sys/fd.h"

// Descriptors that travel over a socket of AF_UNIX (unix(7), "SCM_RIGHTS").

namespace cleat::sys {

// Two connected sockets, of messages that arrive whole.
struct SocketPair {
  Fd parent;
  Fd child;
};
absl::StatusOr<SocketPair> MakeSocketPair();

// How many go with one message.
inline constexpr size_t kMaxPassed = 64;

// Sends copies of `fds`, kMaxPassed at most, with the text `name`, which must
// not be empty. -1 with errno is failure. Allocates nothing, for a child after
// clone.
int SendFds(int socket, absl::Span<const int> fds, absl::string_view name);
inline int SendFd(int socket, int fd, absl::string_view name) {
  return SendFds(socket, {&fd, 1}, name);
}

// The descriptor that has been sent, with CLOEXEC. kFailedPrecondition when the
// other end was closed without, or sent something else.
absl::StatusOr<Fd> ReceiveFd(int socket);

// Takes the descriptors of one message into `fds`, with CLOEXEC, and returns
// how many came; -1 when the other end was closed, or with errno. Allocates
// nothing.
int ReceiveFds(int socket, int (&fds)[kMaxPassed]);

}  // namespace cleat::sys

#endif  // CLEAT_LIB_SYS_PASS_FD_H_
