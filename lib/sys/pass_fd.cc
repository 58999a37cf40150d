#include "lib/sys/pass_fd.h"

#include <string.h>
#include <sys/socket.h>

#include "lib/sys/errno.h"

namespace cleat::sys {
namespace {

constexpr size_t kMaxName = 4096;

// A message with room for one descriptor.
struct Message {
  Message(void* text, size_t size) : vector{text, size} {
    header.msg_iov = &vector;
    header.msg_iovlen = 1;
    header.msg_control = control;
    header.msg_controllen = sizeof(control);
  }

  struct iovec vector;
  alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
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

int SendFd(int socket, int fd, absl::string_view name) {
  Message message(const_cast<char*>(name.data()), name.size());
  struct cmsghdr* const rights = CMSG_FIRSTHDR(&message.header);
  rights->cmsg_level = SOL_SOCKET;
  rights->cmsg_type = SCM_RIGHTS;
  rights->cmsg_len = CMSG_LEN(sizeof(fd));
  memcpy(CMSG_DATA(rights), &fd, sizeof(fd));
  const ssize_t count = RetryOnEintr(
      [&] { return sendmsg(socket, &message.header, MSG_NOSIGNAL); });
  return count < 0 ? -1 : 0;
}

absl::StatusOr<Fd> ReceiveFd(int socket) {
  char name[kMaxName];
  Message message(name, sizeof(name));
  const ssize_t count = RetryOnEintr(
      [&] { return recvmsg(socket, &message.header, MSG_CMSG_CLOEXEC); });
  if (count < 0) return ErrnoError("receive a descriptor");
  const struct cmsghdr* const rights = CMSG_FIRSTHDR(&message.header);
  if (rights == nullptr || rights->cmsg_level != SOL_SOCKET ||
      rights->cmsg_type != SCM_RIGHTS ||
      rights->cmsg_len != CMSG_LEN(sizeof(int))) {
    return absl::FailedPreconditionError("receive a descriptor: none came");
  }
  int fd;
  memcpy(&fd, CMSG_DATA(rights), sizeof(fd));
  return Fd(fd);
}

}  // namespace cleat::sys
