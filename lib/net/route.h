#ifndef CLEAT_LIB_NET_ROUTE_H_
#define CLEAT_LIB_NET_ROUTE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/optional.h"
#include "lib/net/ip.h"
#include "lib/sys/netlink.h"

// Routes of the main table (rtnetlink(7), linux/rtnetlink.h), in the net
// namespace of a socket.

namespace cleat::net {

struct Route {
  // None is the default route: 0.0.0.0/0 or ::/0, whatever the gateway is of.
  absl::optional<Ip> destination;
  // None for what is reached on the link itself.
  absl::optional<Ip> gateway;
  // The link's index; 0: the kernel finds that of the gateway.
  int link = 0;
};

absl::StatusOr<std::vector<Route>> ListRoutes(sys::NetlinkSocket& socket);

// kAlreadyExists when there is one to the same destination, kInvalidArgument
// when neither gateway nor destination says of which family it is. A gateway
// that no address's network holds is unreachable (kUnavailable).
absl::Status AddRoute(sys::NetlinkSocket& socket, const Route& route);

}  // namespace cleat::net

#endif  // CLEAT_LIB_NET_ROUTE_H_
