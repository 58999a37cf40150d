#ifndef CLEAT_LIB_NET_LINK_H_
#define CLEAT_LIB_NET_LINK_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/optional.h"
#include "lib/sys/netlink.h"

// Network interfaces ("links" of rtnetlink(7), linux/if_link.h) of the net
// namespace of a socket. Errors have the code of the kernel's errno and name
// the link: kNotFound for one that is not there, kPermissionDenied without
// CAP_NET_ADMIN.

namespace cleat::net {

struct Link {
  int index = 0;
  std::string name;
  // "veth", "bridge", "dummy"…; empty for hardware and the loopback.
  std::string kind;
  // "02:42:ac:11:00:02"; empty where it has none.
  std::string mac;
  // IFF_UP and the others of netdevice(7).
  uint32_t flags = 0;
  uint32_t mtu = 0;
  // The other end of a veth pair, or what it lies on (macvlan, vlan): its index
  // in its own net namespace; 0 for none.
  int peer = 0;
  // The number that the socket's net namespace has given to that of the peer,
  // where that is another one; -1 when it has given none.
  absl::optional<int32_t> peer_netns;
};

absl::StatusOr<std::vector<Link>> ListLinks(sys::NetlinkSocket& socket);
absl::StatusOr<Link> FindLink(sys::NetlinkSocket& socket,
                              const std::string& name);

// One end of a veth pair (veth(4)).
struct VethEnd {
  // At most 15 bytes.
  std::string name;
  // Empty for a random one.
  std::string mac;
  // Open net namespace that it is made in; -1: that of the socket.
  int netns = -1;
};

// Makes a pair, both ends down; `mtu` 0 is the kernel's 1500. kAlreadyExists
// when a name is taken, kInvalidArgument when one is no name.
absl::Status CreateVeth(sys::NetlinkSocket& socket, const VethEnd& end,
                        const VethEnd& peer, uint32_t mtu = 0);

// Moves it into the open net namespace `netns`, under `new_name` unless that is
// empty. There it is down and has no addresses.
absl::Status MoveLink(sys::NetlinkSocket& socket, const std::string& name,
                      int netns, const std::string& new_name = "");

absl::Status SetLinkUp(sys::NetlinkSocket& socket, const std::string& name,
                       bool up = true);

// Deletes it, and with one end of a veth pair the other. Absence is success.
absl::Status DeleteLink(sys::NetlinkSocket& socket, const std::string& name);

// The number that the socket's net namespace has for the open one (rtnetlink's
// "nsid", ip-netns(8)); none when it has given none.
absl::StatusOr<absl::optional<int32_t>> NetnsNumber(sys::NetlinkSocket& socket,
                                                    int netns);

}  // namespace cleat::net

#endif  // CLEAT_LIB_NET_LINK_H_
