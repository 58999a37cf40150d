#ifndef CLEAT_LIB_SYS_PASS_FD_H_
#define CLEAT_LIB_SYS_PASS_FD_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/sys/fd.h"

// Descriptors that travel over a socket of AF_UNIX (unix(7), "SCM_RIGHTS").

namespace cleat::sys {

// Two connected sockets, of messages that arrive whole.
struct SocketPair {
  Fd parent;
  Fd child;
};
absl::StatusOr<SocketPair> MakeSocketPair();

// Sends a copy of `fd` with the text `name`, which must not be empty. -1 with
// errno is failure. Allocates nothing, for a child after clone.
int SendFd(int socket, int fd, absl::string_view name);

// The descriptor that has been sent, with CLOEXEC. kFailedPrecondition when the
// other end was closed without, or sent something else.
absl::StatusOr<Fd> ReceiveFd(int socket);

}  // namespace cleat::sys

#endif  // CLEAT_LIB_SYS_PASS_FD_H_
