#include "lib/sys/pass_fd.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/sys/errno.h"

namespace cleat::sys {
namespace {

constexpr size_t kMaxName = 4096;

// A message with room for descriptors.
struct Message {
  Message(void* text, size_t size) : vector{text, size} {
    header.msg_iov = &vector;
    header.msg_iovlen = 1;
    header.msg_control = control;
    header.msg_controllen = sizeof(control);
  }

  struct iovec vector;
  alignas(struct cmsghdr) char control[CMSG_SPACE(kMaxPassed * sizeof(int))];
  struct msghdr header = {};
};

}  // namespace

absl::StatusOr<SocketPair> MakeSocketPair() {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
    return ErrnoError("make socket pair");
  }
  return SocketPair{Fd(ends[0]), Fd(ends[1])};
}

int SendFds(int socket, absl::Span<const int> fds, absl::string_view name) {
  Message message(const_cast<char*>(name.data()), name.size());
  const size_t size = fds.size() * sizeof(int);
  if (fds.size() > kMaxPassed) {
    errno = EMSGSIZE;
    return -1;
  }
  if (fds.empty()) {
    message.header.msg_control = nullptr;
    message.header.msg_controllen = 0;
  } else {
    message.header.msg_controllen = CMSG_SPACE(size);
    struct cmsghdr* const rights = CMSG_FIRSTHDR(&message.header);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(size);
    memcpy(CMSG_DATA(rights), fds.data(), size);
  }
  const ssize_t count = RetryOnEintr(
      [&] { return sendmsg(socket, &message.header, MSG_NOSIGNAL); });
  return count < 0 ? -1 : 0;
}

int ReceiveFds(int socket, int (&fds)[kMaxPassed]) {
  char name[kMaxName];
  Message message(name, sizeof(name));
  const ssize_t length = RetryOnEintr(
      [&] { return recvmsg(socket, &message.header, MSG_CMSG_CLOEXEC); });
  if (length <= 0) return -1;
  const struct cmsghdr* const rights = CMSG_FIRSTHDR(&message.header);
  if (rights == nullptr || rights->cmsg_level != SOL_SOCKET ||
      rights->cmsg_type != SCM_RIGHTS) {
    return 0;
  }
  const size_t size = rights->cmsg_len - CMSG_LEN(0);
  memcpy(fds, CMSG_DATA(rights), size);
  return static_cast<int>(size / sizeof(int));
}

absl::StatusOr<Fd> ReceiveFd(int socket) {
  int fds[kMaxPassed];
  errno = 0;
  const int count = ReceiveFds(socket, fds);
  if (count < 0 && errno != 0) return ErrnoError("receive a descriptor");
  if (count == 1) return Fd(fds[0]);
  for (int i = 0; i < count; ++i) close(fds[i]);
  return absl::FailedPreconditionError("receive a descriptor: none came");
}

}  // namespace cleat::sys
