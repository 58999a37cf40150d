#include "lib/ns/net_peers.h"

#include <algorithm>
#include <utility>

#include "absl/types/optional.h"
#include "lib/net/link.h"
#include "lib/net/route_socket.h"
#include "lib/sys/netlink.h"

namespace cleat::ns {
namespace {

struct Net {
  uint64_t inode;
  sys::Fd fd;
  sys::NetlinkSocket socket;
  std::vector<net::Link> links;
  // The namespaces that it has numbers for, as far as they were found.
  std::map<int32_t, const Net*> numbers;
};

bool IsElsewhere(const net::Link& link) {
  return link.peer_netns.has_value() && link.peer != 0;
}

std::vector<Net> OpenNets(const Survey& survey, const std::string& proc) {
  std::vector<Net> nets;
  for (const Namespace& found : survey.namespaces) {
    if (found.kind->flag != CLONE_NEWNET) continue;
    auto fd = OpenSurveyed(found, proc);
    if (!fd.ok()) continue;
    auto socket = net::OpenRouteIn(fd->get());
    if (!socket.ok()) continue;
    auto links = net::ListLinks(*socket);
    if (!links.ok()) continue;
    nets.push_back({found.inode,
                    std::move(*fd),
                    std::move(*socket),
                    std::move(*links),
                    {}});
  }
  return nets;
}

// Whether `other` has a link that `link` of `net` is the other end of, as far
// as indices tell.
bool MayBePeer(const net::Link& link, const Net& other) {
  return std::any_of(other.links.begin(), other.links.end(),
                     [&](const net::Link& end) {
                       return end.index == link.peer &&
                              (end.peer == link.index || link.kind != "veth");
                     });
}

// Asks `net` for its number of each namespace that may be meant, until it is
// the one.
const Net* FindPeer(Net& net, const net::Link& link,
                    const std::vector<Net>& nets) {
  const int32_t wanted = *link.peer_netns;
  const auto known = net.numbers.find(wanted);
  if (known != net.numbers.end()) return known->second;
  for (const Net& other : nets) {
    if (&other == &net || !MayBePeer(link, other)) continue;
    const auto number = net::NetnsNumber(net.socket, other.fd.get());
    if (!number.ok() || !number->has_value()) continue;
    net.numbers[**number] = &other;
    if (**number == wanted) return &other;
  }
  return nullptr;
}

NetPeerLink Describe(const net::Link& link, const Net* peer) {
  NetPeerLink described = {link.name, link.kind, link.peer, 0, ""};
  if (peer == nullptr) return described;
  described.peer_ns = peer->inode;
  for (const net::Link& end : peer->links) {
    if (end.index == link.peer) described.peer_link = end.name;
  }
  return described;
}

}  // namespace

std::map<uint64_t, std::vector<NetPeerLink>> FindNetPeers(
    const Survey& survey, const std::string& proc) {
  std::vector<Net> nets = OpenNets(survey, proc);
  std::map<uint64_t, std::vector<NetPeerLink>> peers;
  for (Net& net : nets) {
    for (const net::Link& link : net.links) {
      if (!IsElsewhere(link)) continue;
      peers[net.inode].push_back(Describe(link, FindPeer(net, link, nets)));
    }
  }
  return peers;
}

}  // namespace cleat::ns
