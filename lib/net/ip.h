#ifndef CLEAT_LIB_NET_IP_H_
#define CLEAT_LIB_NET_IP_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace cleat::net {

// An address of IPv4 or IPv6, and how many of its leading bits are the
// network's.
struct Ip {
  // AF_INET or AF_INET6.
  uint8_t family = 0;
  // 4 or 16, in network order.
  std::string bytes;
  // 32 or 128 for one address alone.
  uint8_t prefix_length = 0;

  // "10.0.0.1", "fd00::1", and with a network's length "10.0.0.1/24".
  // kInvalidArgument names what is none.
  static absl::StatusOr<Ip> Parse(absl::string_view text);

  // In the same form, the length only where it is not the full one.
  std::string ToString() const;

  // Whether the whole address is the network's.
  bool IsHost() const { return prefix_length == bytes.size() * 8; }
};

}  // namespace cleat::net

#endif  // CLEAT_LIB_NET_IP_H_
