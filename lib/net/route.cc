#include "lib/net/route.h"

#include <linux/rtnetlink.h>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/net/route_socket.h"

namespace cleat::net {
namespace {

using sys::NetlinkReply;
using sys::NetlinkRequest;
using sys::NetlinkSocket;

std::string Describe(const Route& route) {
  return absl::StrCat(
      "add route to ",
      route.destination ? route.destination->ToString() : "anywhere",
      route.gateway ? absl::StrCat(" via ", route.gateway->ToString()) : "");
}

Ip MakeIp(uint8_t family, absl::string_view bytes, unsigned prefix_length) {
  return {family, std::string(bytes), static_cast<uint8_t>(prefix_length)};
}

Route ReadRoute(const NetlinkReply& reply) {
  Route route;
  const auto header = reply.Get<rtmsg>();
  sys::ForEachAttribute(reply.payload, NLMSG_ALIGN(sizeof(header)),
                        [&](uint16_t type, absl::string_view value) {
                          if (type == RTA_DST) {
                            route.destination = MakeIp(header.rtm_family, value,
                                                       header.rtm_dst_len);
                          } else if (type == RTA_GATEWAY) {
                            route.gateway =
                                MakeIp(header.rtm_family, value,
                                       static_cast<unsigned>(value.size()) * 8);
                          } else if (type == RTA_OIF) {
                            route.link = sys::AttributeNumber<int32_t>(value);
                          }
                        });
  return route;
}

}  // namespace

absl::StatusOr<std::vector<Route>> ListRoutes(NetlinkSocket& socket) {
  std::vector<Route> routes;
  const NetlinkRequest request(RTM_GETROUTE, NLM_F_DUMP, rtmsg{});
  CLEAT_RETURN_IF_ERROR(List(
      socket, request, "list routes", [&] { routes.clear(); },
      [&](const NetlinkReply& reply) {
        const auto header = reply.Get<rtmsg>();
        if (header.rtm_table == RT_TABLE_MAIN &&
            header.rtm_type == RTN_UNICAST) {
          routes.push_back(ReadRoute(reply));
        }
      }));
  return routes;
}

absl::Status AddRoute(NetlinkSocket& socket, const Route& route) {
  const absl::optional<Ip>& any =
      route.gateway ? route.gateway : route.destination;
  if (!any) {
    return absl::InvalidArgumentError(
        "add route: neither destination nor gateway");
  }
  rtmsg header{};
  header.rtm_family = any->family;
  header.rtm_table = RT_TABLE_MAIN;
  header.rtm_protocol = RTPROT_STATIC;
  header.rtm_scope = route.gateway ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK;
  header.rtm_type = RTN_UNICAST;
  header.rtm_dst_len = route.destination ? route.destination->prefix_length : 0;
  NetlinkRequest request(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, header);
  if (route.destination) request.Put(RTA_DST, route.destination->bytes);
  if (route.gateway) request.Put(RTA_GATEWAY, route.gateway->bytes);
  if (route.link != 0) request.PutNumber(RTA_OIF, route.link);
  return socket.Execute(request, Describe(route));
}

}  // namespace cleat::net
