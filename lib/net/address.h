#ifndef CLEAT_LIB_NET_ADDRESS_H_
#define CLEAT_LIB_NET_ADDRESS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/net/ip.h"
#include "lib/sys/netlink.h"

// Addresses of links (rtnetlink(7), linux/if_addr.h), in the net namespace of
// a socket.

namespace cleat::net {

struct LinkAddress {
  int link = 0;  // the link's index
  // With the length of the network that is reached through the link.
  Ip ip;
};

absl::StatusOr<std::vector<LinkAddress>> ListAddresses(
    sys::NetlinkSocket& socket);

// Gives an address to a link, usable at once (an IPv6 address is not first
// asked for on the net). kAlreadyExists when it has it.
absl::Status AddAddress(sys::NetlinkSocket& socket, const std::string& link,
                        const Ip& ip);

// Takes it away; absence is success.
absl::Status DeleteAddress(sys::NetlinkSocket& socket, const std::string& link,
                           const Ip& ip);

}  // namespace cleat::net

#endif  // CLEAT_LIB_NET_ADDRESS_H_
