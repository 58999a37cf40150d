#include "lib/net/link.h"

#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/net_namespace.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <sys/socket.h>

#include <cstdio>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/base/status_macros.h"
#include "lib/net/route_socket.h"

namespace cleat::net {
namespace {

using sys::NetlinkReply;
using sys::NetlinkRequest;
using sys::NetlinkSocket;

constexpr size_t kMacSize = 6;

std::string FormatMac(absl::string_view bytes) {
  // Tunnels have an IP address for one.
  if (bytes.size() != kMacSize) return "";
  return absl::StrJoin(bytes, ":", [](std::string* out, char byte) {
    absl::StrAppend(
        out, absl::Hex(static_cast<unsigned char>(byte), absl::kZeroPad2));
  });
}

absl::StatusOr<std::string> ParseMac(const std::string& text) {
  unsigned char bytes[kMacSize];
  int end = 0;
  const int count = std::sscanf(
      text.c_str(), "%2hhx:%2hhx:%2hhx:%2hhx:%2hhx:%2hhx%n", &bytes[0],
      &bytes[1], &bytes[2], &bytes[3], &bytes[4], &bytes[5], &end);
  if (count == kMacSize && static_cast<size_t>(end) == text.size()) {
    return std::string(reinterpret_cast<const char*>(bytes), kMacSize);
  }
  return absl::InvalidArgumentError(
      absl::StrCat(text, ": no MAC address (as 02:42:ac:11:00:02)"));
}

void ReadAttribute(uint16_t type, absl::string_view value, Link* link) {
  switch (type) {
    case IFLA_IFNAME:
      link->name = sys::AttributeText(value);
      break;
    case IFLA_ADDRESS:
      link->mac = FormatMac(value);
      break;
    case IFLA_MTU:
      link->mtu = sys::AttributeNumber<uint32_t>(value);
      break;
    case IFLA_LINK:
      link->peer = sys::AttributeNumber<int32_t>(value);
      break;
    case IFLA_LINK_NETNSID:
      link->peer_netns = sys::AttributeNumber<int32_t>(value);
      break;
    case IFLA_LINKINFO:
      sys::ForEachAttribute(value, 0, [&](uint16_t info, absl::string_view v) {
        if (info == IFLA_INFO_KIND) link->kind = sys::AttributeText(v);
      });
      break;
    default:
      break;
  }
}

Link ReadLink(const NetlinkReply& reply) {
  Link link;
  const auto header = reply.Get<ifinfomsg>();
  link.index = header.ifi_index;
  link.flags = header.ifi_flags;
  sys::ForEachAttribute(reply.payload, NLMSG_ALIGN(sizeof(header)),
                        [&](uint16_t type, absl::string_view value) {
                          ReadAttribute(type, value, &link);
                        });
  return link;
}

// The kernel finds a link by its name where the index is 0.
NetlinkRequest RequestOn(uint16_t type, const std::string& name,
                         const ifinfomsg& header = {}) {
  NetlinkRequest request(type, 0, header);
  request.PutText(IFLA_IFNAME, name);
  return request;
}

// The kernel would take a longer name for a fault in the message.
absl::Status CheckName(const std::string& name) {
  if (!name.empty() && name.size() < IFNAMSIZ) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "'", name, "': no name for a link (1 to ", IFNAMSIZ - 1, " bytes)"));
}

absl::Status PutEnd(const VethEnd& end, uint32_t mtu, NetlinkRequest* request) {
  CLEAT_RETURN_IF_ERROR(CheckName(end.name));
  request->PutText(IFLA_IFNAME, end.name);
  if (!end.mac.empty()) {
    CLEAT_ASSIGN_OR_RETURN(const std::string mac, ParseMac(end.mac));
    request->Put(IFLA_ADDRESS, mac);
  }
  if (end.netns >= 0) request->PutNumber(IFLA_NET_NS_FD, end.netns);
  if (mtu != 0) request->PutNumber(IFLA_MTU, mtu);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<Link>> ListLinks(NetlinkSocket& socket) {
  std::vector<Link> links;
  const NetlinkRequest request(RTM_GETLINK, NLM_F_DUMP, ifinfomsg{});
  CLEAT_RETURN_IF_ERROR(List(
      socket, request, "list links", [&] { links.clear(); },
      [&](const NetlinkReply& reply) { links.push_back(ReadLink(reply)); }));
  return links;
}

absl::StatusOr<Link> FindLink(NetlinkSocket& socket, const std::string& name) {
  CLEAT_RETURN_IF_ERROR(CheckName(name));
  Link link;
  CLEAT_RETURN_IF_ERROR(
      socket.Ask(RequestOn(RTM_GETLINK, name), absl::StrCat("find link ", name),
                 [&](const NetlinkReply& reply) { link = ReadLink(reply); }));
  return link;
}

absl::Status CreateVeth(NetlinkSocket& socket, const VethEnd& end,
                        const VethEnd& peer, uint32_t mtu) {
  NetlinkRequest request(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, ifinfomsg{});
  CLEAT_RETURN_IF_ERROR(PutEnd(end, mtu, &request));
  const size_t info = request.Begin(IFLA_LINKINFO);
  request.PutText(IFLA_INFO_KIND, "veth");
  const size_t data = request.Begin(IFLA_INFO_DATA);
  const size_t other = request.Begin(VETH_INFO_PEER);
  request.PutHeader(ifinfomsg{});
  CLEAT_RETURN_IF_ERROR(PutEnd(peer, mtu, &request));
  request.End(other);
  request.End(data);
  request.End(info);
  return socket.Execute(
      request, absl::StrCat("create veth pair ", end.name, ", ", peer.name));
}

absl::Status MoveLink(NetlinkSocket& socket, const std::string& name, int netns,
                      const std::string& new_name) {
  const std::string act = absl::StrCat("move link ", name);
  // With a new name the old one cannot say which is meant.
  CLEAT_ASSIGN_OR_RETURN(const Link link, FindLink(socket, name));
  ifinfomsg header{};
  header.ifi_index = link.index;
  NetlinkRequest request(RTM_NEWLINK, 0, header);
  if (!new_name.empty()) {
    CLEAT_RETURN_IF_ERROR(CheckName(new_name));
    request.PutText(IFLA_IFNAME, new_name);
  }
  request.PutNumber(IFLA_NET_NS_FD, netns);
  return socket.Execute(request, act);
}

absl::Status SetLinkUp(NetlinkSocket& socket, const std::string& name,
                       bool up) {
  CLEAT_RETURN_IF_ERROR(CheckName(name));
  ifinfomsg header{};
  header.ifi_change = IFF_UP;
  header.ifi_flags = up ? IFF_UP : 0;
  return socket.Execute(RequestOn(RTM_NEWLINK, name, header),
                        absl::StrCat("set link ", name, up ? " up" : " down"));
}

absl::Status DeleteLink(NetlinkSocket& socket, const std::string& name) {
  CLEAT_RETURN_IF_ERROR(CheckName(name));
  const absl::Status status = socket.Execute(
      RequestOn(RTM_DELLINK, name), absl::StrCat("delete link ", name));
  return absl::IsNotFound(status) ? absl::OkStatus() : status;
}

absl::StatusOr<absl::optional<int32_t>> NetnsNumber(NetlinkSocket& socket,
                                                    int netns) {
  NetlinkRequest request(RTM_GETNSID, 0, rtgenmsg{});
  request.PutNumber(NETNSA_FD, netns);
  int32_t number = NETNSA_NSID_NOT_ASSIGNED;
  CLEAT_RETURN_IF_ERROR(socket.Ask(
      request, "find the number of a net namespace",
      [&](const NetlinkReply& reply) {
        sys::ForEachAttribute(reply.payload, NLMSG_ALIGN(sizeof(rtgenmsg)),
                              [&](uint16_t type, absl::string_view value) {
                                if (type == NETNSA_NSID) {
                                  number = sys::AttributeNumber<int32_t>(value);
                                }
                              });
      }));
  if (number == NETNSA_NSID_NOT_ASSIGNED) return absl::optional<int32_t>();
  return absl::make_optional(number);
}

}  // namespace cleat::net
