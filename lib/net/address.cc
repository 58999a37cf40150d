#include "lib/net/address.h"

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/net/link.h"
#include "lib/net/route_socket.h"

namespace cleat::net {
namespace {

using sys::NetlinkReply;
using sys::NetlinkRequest;
using sys::NetlinkSocket;

absl::StatusOr<NetlinkRequest> MakeRequest(NetlinkSocket& socket, uint16_t type,
                                           uint16_t flags,
                                           const std::string& link,
                                           const Ip& ip) {
  CLEAT_ASSIGN_OR_RETURN(const Link found, FindLink(socket, link));
  ifaddrmsg header{};
  header.ifa_family = ip.family;
  header.ifa_prefixlen = ip.prefix_length;
  header.ifa_flags = ip.family == AF_INET6 ? IFA_F_NODAD : 0;
  header.ifa_index = static_cast<uint32_t>(found.index);
  NetlinkRequest request(type, flags, header);
  request.Put(IFA_LOCAL, ip.bytes);
  request.Put(IFA_ADDRESS, ip.bytes);
  return request;
}

LinkAddress ReadAddress(const NetlinkReply& reply) {
  LinkAddress address;
  const auto header = reply.Get<ifaddrmsg>();
  address.link = static_cast<int>(header.ifa_index);
  address.ip.family = header.ifa_family;
  address.ip.prefix_length = header.ifa_prefixlen;
  // IFA_LOCAL is the own address of a link to one other; where it is absent
  // (IPv6) IFA_ADDRESS is.
  bool local = false;
  sys::ForEachAttribute(
      reply.payload, NLMSG_ALIGN(sizeof(header)),
      [&](uint16_t type, absl::string_view value) {
        if (type != IFA_LOCAL && (type != IFA_ADDRESS || local)) return;
        local = type == IFA_LOCAL;
        address.ip.bytes = std::string(value);
      });
  return address;
}

}  // namespace

absl::StatusOr<std::vector<LinkAddress>> ListAddresses(NetlinkSocket& socket) {
  std::vector<LinkAddress> addresses;
  const NetlinkRequest request(RTM_GETADDR, NLM_F_DUMP, ifaddrmsg{});
  CLEAT_RETURN_IF_ERROR(List(
      socket, request, "list addresses", [&] { addresses.clear(); },
      [&](const NetlinkReply& reply) {
        addresses.push_back(ReadAddress(reply));
      }));
  return addresses;
}

absl::Status AddAddress(NetlinkSocket& socket, const std::string& link,
                        const Ip& ip) {
  CLEAT_ASSIGN_OR_RETURN(
      const NetlinkRequest request,
      MakeRequest(socket, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, link, ip));
  return socket.Execute(
      request, absl::StrCat("give address ", ip.ToString(), " to ", link));
}

absl::Status DeleteAddress(NetlinkSocket& socket, const std::string& link,
                           const Ip& ip) {
  CLEAT_ASSIGN_OR_RETURN(const NetlinkRequest request,
                         MakeRequest(socket, RTM_DELADDR, 0, link, ip));
  const absl::Status status = socket.Execute(
      request, absl::StrCat("take address ", ip.ToString(), " from ", link));
  // Abseil's code for EADDRNOTAVAIL: it has no such address.
  return absl::IsAlreadyExists(status) ? absl::OkStatus() : status;
}

}  // namespace cleat::net
