#ifndef CLEAT_LIB_NS_NET_PEERS_H_
#define CLEAT_LIB_NS_NET_PEERS_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "lib/ns/survey.h"

namespace cleat::ns {

// A link of a net namespace whose other end is in another one: mostly one of a
// veth pair (veth(4)).
struct NetPeerLink {
  std::string link;
  std::string kind;
  // The other end: its index; its namespace (inode number) and name where they
  // can be found, else 0 and empty.
  int peer_index = 0;
  uint64_t peer_ns = 0;
  std::string peer_link;
};

// Those of all net namespaces of the survey that the caller may enter, by inode
// number.
std::map<uint64_t, std::vector<NetPeerLink>> FindNetPeers(
    const Survey& survey, const std::string& proc = "/proc");

}  // namespace cleat::ns

#endif  // CLEAT_LIB_NS_NET_PEERS_H_
