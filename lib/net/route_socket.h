#ifndef CLEAT_LIB_NET_ROUTE_SOCKET_H_
#define CLEAT_LIB_NET_ROUTE_SOCKET_H_

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/sys/netlink.h"

// Sockets of rtnetlink(7), through which links, addresses and routes of one net
// namespace are changed.

namespace cleat::net {

// A socket of the caller's own net namespace.
absl::StatusOr<sys::NetlinkSocket> OpenRoute();

// A socket of the net namespace that is open as `netns`. The caller stays where
// he is: a thread enters it, opens the socket and ends. (To enter it and return
// needs rights over the own one, too, which who made a user namespace for a
// container does not have.) Needs CAP_SYS_ADMIN in the owner of `netns` and in
// the caller's user namespace. Not for a child between clone and exec.
absl::StatusOr<sys::NetlinkSocket> OpenRouteIn(int netns);

// As NetlinkSocket::Ask for a dump, which is begun again when what it lists is
// changed meanwhile: `restart` forgets what `visit` has seen.
absl::Status List(sys::NetlinkSocket& socket,
                  const sys::NetlinkRequest& request, absl::string_view act,
                  absl::FunctionRef<void()> restart,
                  absl::FunctionRef<void(const sys::NetlinkReply&)> visit);

}  // namespace cleat::net

#endif  // CLEAT_LIB_NET_ROUTE_SOCKET_H_
