#ifndef CLEAT_LIB_SYS_NETLINK_H_
#define CLEAT_LIB_SYS_NETLINK_H_

#include <cstdint>
#include <cstring>
#include <string>
#include <type_traits>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/sys/fd.h"

// Netlink (netlink(7), Documentation/userspace-api/netlink/intro.rst): messages
// of a header, a struct of the family's own, and attributes, each padded to
// four bytes. Debian's libmnl comes without a static library; what is needed of
// it is this.

namespace cleat::sys {

// A request under construction.
//
//   NetlinkRequest request(RTM_NEWLINK, NLM_F_CREATE, ifinfomsg{});
//   request.PutText(IFLA_IFNAME, "eth0");
//   const size_t info = request.Begin(IFLA_LINKINFO);
//   request.PutText(IFLA_INFO_KIND, "veth");
//   request.End(info);
class NetlinkRequest {
 public:
  // `header` is the struct of the family: ifinfomsg, ifaddrmsg, rtmsg, …
  template <typename Header>
  NetlinkRequest(uint16_t type, uint16_t flags, const Header& header)
      : NetlinkRequest(type, flags) {
    Append(BytesOf(header));
  }

  void Put(uint16_t type, absl::string_view value);
  // A C string, its zero included.
  void PutText(uint16_t type, const std::string& value);
  // A number, in the machine's byte order.
  template <typename Number>
  void PutNumber(uint16_t type, Number value) {
    Put(type, BytesOf(value));
  }

  // An attribute of attributes: what is put until End(Begin's result).
  size_t Begin(uint16_t type);
  // A struct that stands before such attributes (VETH_INFO_PEER).
  template <typename Header>
  void PutHeader(const Header& header) {
    Append(BytesOf(header));
  }
  void End(size_t begin);

  uint16_t flags() const;
  // The bytes to send, with these flags added to the request's own.
  std::string Finish(uint32_t sequence, uint16_t flags) const;

 private:
  NetlinkRequest(uint16_t type, uint16_t flags);

  template <typename Value>
  static absl::string_view BytesOf(const Value& value) {
    static_assert(std::is_trivially_copyable_v<Value>);
    return {reinterpret_cast<const char*>(&value), sizeof(value)};
  }
  void Append(absl::string_view bytes);

  std::string bytes_;
};

// One message that came, without its netlink header.
struct NetlinkReply {
  uint16_t type = 0;
  absl::string_view payload;

  // The family's struct at its begin; zeros where the message is shorter.
  template <typename Header>
  Header Get() const {
    Header header{};
    memcpy(&header, payload.data(),
           payload.size() < sizeof(header) ? payload.size() : sizeof(header));
    return header;
  }
};

// Calls `visit` with the type (without its flags) and the value of each
// attribute of `bytes` from `offset` on (the size of the family's struct). Ends
// at the first that does not fit.
void ForEachAttribute(
    absl::string_view bytes, size_t offset,
    absl::FunctionRef<void(uint16_t type, absl::string_view value)> visit);

// The value of an attribute; zero where it is shorter.
template <typename Number>
Number AttributeNumber(absl::string_view value) {
  Number number{};
  if (value.size() >= sizeof(number)) {
    memcpy(&number, value.data(), sizeof(number));
  }
  return number;
}
// Without the zero that ends it.
std::string AttributeText(absl::string_view value);

// A socket to the kernel, of the net namespace in which it was opened, wherever
// its user is later.
class NetlinkSocket {
 public:
  // `protocol` is NETLINK_ROUTE or another NETLINK_*.
  static absl::StatusOr<NetlinkSocket> Open(int protocol);

  // Sends `request` and waits for the kernel's answer. An error has the code of
  // its errno, and says `act`, the errno and, where the kernel explains it (the
  // extended acknowledgement), that: "create veth pair a, b: File exists".
  absl::Status Execute(const NetlinkRequest& request, absl::string_view act);

  // The same for what is answered with messages: of a dump (NLM_F_DUMP) all, of
  // another request one.
  absl::Status Ask(const NetlinkRequest& request, absl::string_view act,
                   absl::FunctionRef<void(const NetlinkReply&)> visit);

 private:
  explicit NetlinkSocket(Fd fd) : fd_(std::move(fd)) {}

  absl::Status Send(const std::string& message, absl::string_view act);
  absl::StatusOr<absl::string_view> Receive(absl::string_view act);

  Fd fd_;
  uint32_t sequence_ = 0;
  std::string buffer_;
};

}  // namespace cleat::sys

#endif  // CLEAT_LIB_SYS_NETLINK_H_
