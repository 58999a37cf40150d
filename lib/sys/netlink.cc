#include "lib/sys/netlink.h"

#include <errno.h>
#include <linux/netlink.h>
#include <sys/socket.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/sys/errno.h"

namespace cleat::sys {
namespace {

// The kernel fills at most 32 KiB of a dump at once (NLMSG_GOODSIZE and
// netlink_dump in net/netlink/af_netlink.c).
constexpr size_t kBufferSize = 32 << 10;

void Pad(std::string* bytes) {
  bytes->resize(NLMSG_ALIGN(bytes->size()), '\0');
}

template <typename Value>
Value At(absl::string_view bytes, size_t offset) {
  Value value;
  memcpy(&value, bytes.data() + offset, sizeof(value));
  return value;
}

// The kernel's words about an error: an attribute behind the echoed header of
// the request, which NETLINK_CAP_ACK leaves without its payload.
std::string Explanation(const nlmsghdr& header, absl::string_view payload) {
  std::string text;
  if ((header.nlmsg_flags & NLM_F_ACK_TLVS) == 0) return text;
  size_t offset = sizeof(nlmsgerr);
  if ((header.nlmsg_flags & NLM_F_CAPPED) == 0) {
    offset += At<nlmsgerr>(payload, 0).msg.nlmsg_len - sizeof(nlmsghdr);
  }
  ForEachAttribute(payload, NLMSG_ALIGN(offset),
                   [&](uint16_t type, absl::string_view value) {
                     if (type == NLMSGERR_ATTR_MSG) text = AttributeText(value);
                   });
  return text;
}

// What an NLMSG_ERROR says; its error 0 is the acknowledgement.
absl::Status ResultOf(const nlmsghdr& header, absl::string_view payload,
                      absl::string_view act) {
  if (payload.size() < sizeof(int)) {
    return absl::DataLossError(absl::StrCat(act, ": a cut answer"));
  }
  const int error = -At<int>(payload, 0);
  if (error == 0) return absl::OkStatus();
  const std::string why = payload.size() >= sizeof(nlmsgerr)
                              ? Explanation(header, payload)
                              : std::string();
  const absl::Status status = absl::ErrnoToStatus(error, act);
  if (why.empty()) return status;
  return absl::Status(status.code(),
                      absl::StrCat(status.message(), " (", why, ")"));
}

}  // namespace

NetlinkRequest::NetlinkRequest(uint16_t type, uint16_t flags) {
  nlmsghdr header{};
  header.nlmsg_type = type;
  header.nlmsg_flags = static_cast<uint16_t>(flags | NLM_F_REQUEST);
  Append(BytesOf(header));
}

void NetlinkRequest::Append(absl::string_view bytes) {
  bytes_.append(bytes.data(), bytes.size());
  Pad(&bytes_);
}

void NetlinkRequest::Put(uint16_t type, absl::string_view value) {
  nlattr attribute;
  attribute.nla_type = type;
  attribute.nla_len = static_cast<uint16_t>(sizeof(attribute) + value.size());
  Append(BytesOf(attribute));
  Append(value);
}

void NetlinkRequest::PutText(uint16_t type, const std::string& value) {
  Put(type, absl::string_view(value.c_str(), value.size() + 1));
}

size_t NetlinkRequest::Begin(uint16_t type) {
  const size_t begin = bytes_.size();
  Put(type, "");
  return begin;
}

void NetlinkRequest::End(size_t begin) {
  const auto length = static_cast<uint16_t>(bytes_.size() - begin);
  memcpy(&bytes_[begin], &length, sizeof(length));
}

uint16_t NetlinkRequest::flags() const {
  return At<nlmsghdr>(bytes_, 0).nlmsg_flags;
}

std::string NetlinkRequest::Finish(uint32_t sequence, uint16_t flags) const {
  std::string message = bytes_;
  auto header = At<nlmsghdr>(bytes_, 0);
  header.nlmsg_len = static_cast<uint32_t>(message.size());
  header.nlmsg_seq = sequence;
  header.nlmsg_flags |= flags;
  memcpy(message.data(), &header, sizeof(header));
  return message;
}

void ForEachAttribute(
    absl::string_view bytes, size_t offset,
    absl::FunctionRef<void(uint16_t type, absl::string_view value)> visit) {
  while (offset + sizeof(nlattr) <= bytes.size()) {
    const auto attribute = At<nlattr>(bytes, offset);
    const size_t length = attribute.nla_len;
    if (length < sizeof(nlattr) || length > bytes.size() - offset) return;
    visit(attribute.nla_type & NLA_TYPE_MASK,
          bytes.substr(offset + sizeof(nlattr), length - sizeof(nlattr)));
    offset += NLA_ALIGN(length);
  }
}

std::string AttributeText(absl::string_view value) {
  return std::string(value.substr(0, value.find('\0')));
}

absl::StatusOr<NetlinkSocket> NetlinkSocket::Open(int protocol) {
  Fd fd(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol));
  if (!fd.valid()) return ErrnoError("open a netlink socket");
  // Both are of Linux 4.12; without them there are no explanations.
  const int on = 1;
  setsockopt(fd.get(), SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
  setsockopt(fd.get(), SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
  return NetlinkSocket(std::move(fd));
}

absl::Status NetlinkSocket::Send(const std::string& message,
                                 absl::string_view act) {
  sockaddr_nl kernel{};
  kernel.nl_family = AF_NETLINK;
  const auto sent = RetryOnEintr([&] {
    return sendto(fd_.get(), message.data(), message.size(), 0,
                  reinterpret_cast<const sockaddr*>(&kernel), sizeof(kernel));
  });
  return sent < 0 ? ErrnoError(act) : absl::OkStatus();
}

absl::StatusOr<absl::string_view> NetlinkSocket::Receive(
    absl::string_view act) {
  buffer_.resize(kBufferSize);
  const auto size = RetryOnEintr([&] {
    return recv(fd_.get(), buffer_.data(), buffer_.size(), MSG_TRUNC);
  });
  if (size < 0) return ErrnoError(act);
  if (static_cast<size_t>(size) > buffer_.size()) {
    return absl::DataLossError(absl::StrCat(act, ": an answer too long"));
  }
  return absl::string_view(buffer_).substr(0, static_cast<size_t>(size));
}

absl::Status NetlinkSocket::Execute(const NetlinkRequest& request,
                                    absl::string_view act) {
  return Ask(request, act, [](const NetlinkReply&) {});
}

absl::Status NetlinkSocket::Ask(
    const NetlinkRequest& request, absl::string_view act,
    absl::FunctionRef<void(const NetlinkReply&)> visit) {
  const uint32_t sequence = ++sequence_;
  // A dump ends by a message of its own, all else by the acknowledgement, which
  // follows the answer.
  const bool dump = (request.flags() & NLM_F_DUMP) == NLM_F_DUMP;
  CLEAT_RETURN_IF_ERROR(
      Send(request.Finish(sequence, dump ? 0 : NLM_F_ACK), act));
  bool interrupted = false;
  while (true) {
    CLEAT_ASSIGN_OR_RETURN(absl::string_view rest, Receive(act));
    while (rest.size() >= sizeof(nlmsghdr)) {
      const auto header = At<nlmsghdr>(rest, 0);
      const size_t length = header.nlmsg_len;
      if (length < sizeof(header) || length > rest.size()) break;
      const absl::string_view payload =
          rest.substr(sizeof(header), length - sizeof(header));
      rest.remove_prefix(std::min<size_t>(NLMSG_ALIGN(length), rest.size()));
      // What is left of an earlier request that failed.
      if (header.nlmsg_seq != sequence) continue;
      interrupted |= (header.nlmsg_flags & NLM_F_DUMP_INTR) != 0;
      if (header.nlmsg_type == NLMSG_ERROR) {
        return ResultOf(header, payload, act);
      }
      if (header.nlmsg_type == NLMSG_DONE) {
        if (!interrupted) return absl::OkStatus();
        return absl::AbortedError(absl::StrCat(act, ": changed meanwhile"));
      }
      visit({header.nlmsg_type, payload});
    }
  }
}

}  // namespace cleat::sys
