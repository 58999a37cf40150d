#include "lib/net/route_socket.h"

#include <linux/netlink.h>
#include <sched.h>

#include "lib/base/status_macros.h"
#include "lib/sys/errno.h"
#include "lib/sys/threads.h"

namespace cleat::net {
namespace {

// A list that changes more often is not waited for.
constexpr int kAttempts = 10;

}  // namespace

absl::StatusOr<sys::NetlinkSocket> OpenRoute() {
  return sys::NetlinkSocket::Open(NETLINK_ROUTE);
}

absl::StatusOr<sys::NetlinkSocket> OpenRouteIn(int netns) {
  absl::StatusOr<sys::NetlinkSocket> socket = absl::UnknownError("");
  CLEAT_ASSIGN_OR_RETURN(sys::Thread inside, sys::Thread::Start([&] {
                           socket =
                               setns(netns, CLONE_NEWNET) == 0
                                   ? OpenRoute()
                                   : sys::ErrnoError("enter a net namespace");
                         }));
  inside.Join();
  return socket;
}

absl::Status List(sys::NetlinkSocket& socket,
                  const sys::NetlinkRequest& request, absl::string_view act,
                  absl::FunctionRef<void()> restart,
                  absl::FunctionRef<void(const sys::NetlinkReply&)> visit) {
  absl::Status status;
  for (int i = 0; i < kAttempts; ++i) {
    restart();
    status = socket.Ask(request, act, visit);
    if (!absl::IsAborted(status)) break;
  }
  return status;
}

}  // namespace cleat::net
