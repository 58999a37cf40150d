#include "lib/net/ip.h"

#include <arpa/inet.h>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace cleat::net {

absl::StatusOr<Ip> Ip::Parse(absl::string_view text) {
  const absl::Status wrong = absl::InvalidArgumentError(absl::StrCat(
      text, ": no address (as 10.0.0.1, 10.0.0.1/24, fd00::1/64)"));
  const size_t slash = text.find('/');
  const std::string address(text.substr(0, slash));
  Ip ip;
  ip.family = address.find(':') == std::string::npos ? AF_INET : AF_INET6;
  ip.bytes.resize(ip.family == AF_INET ? 4 : 16);
  if (inet_pton(ip.family, address.c_str(), ip.bytes.data()) != 1) return wrong;
  unsigned length = static_cast<unsigned>(ip.bytes.size()) * 8;
  const unsigned full = length;
  if (slash != absl::string_view::npos &&
      (!absl::SimpleAtoi(text.substr(slash + 1), &length) || length > full)) {
    return wrong;
  }
  ip.prefix_length = static_cast<uint8_t>(length);
  return ip;
}

std::string Ip::ToString() const {
  char text[INET6_ADDRSTRLEN] = "";
  inet_ntop(family, bytes.data(), text, sizeof(text));
  if (IsHost()) return text;
  return absl::StrCat(text, "/", prefix_length);
}

}  // namespace cleat::net
