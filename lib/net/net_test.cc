// A veth pair between two net namespaces, as a whole: what lib/net builds
// carries a connection.

#include <arpa/inet.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/if.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/net/address.h"
#include "lib/net/link.h"
#include "lib/net/route.h"
#include "lib/net/route_socket.h"
#include "lib/sys/fd.h"
#include "lib/sys/file.h"
#include "lib/testing/namespaces.h"

namespace cleat::net {
namespace {

using sys::NetlinkSocket;
using ::testing::IsEmpty;
using testing::Report;
using testing::RunInNamespaces;

constexpr uint16_t kPort = 7;

// Another net namespace than the caller's own, which stays.
sys::Fd NewNetns() {
  sys::Fd fd;
  std::thread([&] {
    if (unshare(CLONE_NEWNET) == 0) {
      fd.Reset(open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC));
    }
  }).join();
  return fd;
}

ino_t InodeOf(int fd) {
  struct stat info {};
  fstat(fd, &info);
  return info.st_ino;
}

Ip Parsed(const char* text) { return *Ip::Parse(text); }

// Two namespaces, the caller's and another, and sockets of both.
struct Two {
  Two() : other(NewNetns()), here(*OpenRoute()) {}

  NetlinkSocket There() const { return *OpenRouteIn(other.get()); }

  sys::Fd other;
  NetlinkSocket here;
};

void RunApart(absl::FunctionRef<void(Report&)> body) {
  const std::string missing = testing::NamespacesMissing(CLONE_NEWNET);
  if (!missing.empty()) GTEST_SKIP() << missing;
  EXPECT_THAT(RunInNamespaces(CLONE_NEWNET, body), IsEmpty());
}

// A listener of this namespace that has one connection to take.
sys::Fd Listen(const char* address) {
  sys::Fd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_port = htons(kPort);
  inet_pton(AF_INET, address, &at.sin_addr);
  if (bind(fd.get(), reinterpret_cast<sockaddr*>(&at), sizeof(at)) != 0 ||
      listen(fd.get(), 1) != 0) {
    return {};
  }
  return fd;
}

bool Connect(int netns, const char* address) {
  bool connected = false;
  std::thread([&] {
    if (setns(netns, CLONE_NEWNET) != 0) return;
    const sys::Fd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(kPort);
    inet_pton(AF_INET, address, &to.sin_addr);
    connected =
        connect(fd.get(), reinterpret_cast<sockaddr*>(&to), sizeof(to)) == 0;
  }).join();
  return connected;
}

TEST(NetTest, VethPairCarriesAConnection) {
  RunApart([](Report& report) {
    Two two;
    report.Check("create", CreateVeth(two.here, {"left", "", -1},
                                      {"right", "", two.other.get()}));
    NetlinkSocket there = two.There();
    report.Check("left's address",
                 AddAddress(two.here, "left", Parsed("10.9.0.1/24")));
    report.Check("right's address",
                 AddAddress(there, "right", Parsed("10.9.0.2/24")));
    report.Check("left up", SetLinkUp(two.here, "left"));
    report.Check("right up", SetLinkUp(there, "right"));
    const sys::Fd listener = Listen("10.9.0.1");
    report.Check("listen", listener.valid());
    report.Check("connect", Connect(two.other.get(), "10.9.0.1"));
  });
}

TEST(NetTest, RouteLeadsBeyondTheLink) {
  RunApart([](Report& report) {
    Two two;
    NetlinkSocket there = two.There();
    report.Check("create", CreateVeth(two.here, {"left", "", -1},
                                      {"right", "", two.other.get()}));
    report.Check("gateway",
                 AddAddress(two.here, "left", Parsed("10.9.0.1/24")));
    report.Check("far", AddAddress(two.here, "lo", Parsed("192.0.2.1")));
    report.Check("near", AddAddress(there, "right", Parsed("10.9.0.2/24")));
    report.Check("up", SetLinkUp(two.here, "left"));
    report.Check("up", SetLinkUp(two.here, "lo"));
    report.Check("up", SetLinkUp(there, "right"));
    const sys::Fd listener = Listen("192.0.2.1");
    report.Check("no route yet", !Connect(two.other.get(), "192.0.2.1"));
    report.Check("route", AddRoute(there, {{}, Parsed("10.9.0.1"), 0}));
    report.Check("connect", Connect(two.other.get(), "192.0.2.1"));
    const auto routes = ListRoutes(there);
    report.Check("listed", routes.status());
    bool found = false;
    for (const Route& route : *routes) {
      found |= !route.destination && route.gateway &&
               route.gateway->ToString() == "10.9.0.1" && route.link > 0;
    }
    report.Check("default route is listed", found);
  });
}

TEST(NetTest, LinksSayWhatTheyAreAndWhoseTheirPeersAre) {
  RunApart([](Report& report) {
    Two two;
    report.Check(
        "create",
        CreateVeth(two.here, {"left", "02:00:00:00:00:01", -1},
                   {"right", "02:00:00:00:00:02", two.other.get()}, 1400));
    NetlinkSocket there = two.There();
    const auto left = FindLink(two.here, "left");
    const auto right = FindLink(there, "right");
    report.Check("left", left.status());
    report.Check("right", right.status());
    report.Check("kind", left->kind == "veth");
    report.Check("mtu", left->mtu == 1400 && right->mtu == 1400);
    report.Check("mac", left->mac == "02:00:00:00:00:01");
    report.Check("peer's mac", right->mac == "02:00:00:00:00:02");
    report.Check("peer", left->peer == right->index);
    report.Check("and back", right->peer == left->index);
    const auto number = NetnsNumber(two.here, two.other.get());
    report.Check("number", number.status());
    report.Check("peer's namespace", *number && left->peer_netns == *number);
    report.Check("down", (left->flags & IFF_UP) == 0);
    report.Check("up", SetLinkUp(two.here, "left"));
    report.Check("is up", (FindLink(two.here, "left")->flags & IFF_UP) != 0);
    report.Check("down", SetLinkUp(two.here, "left", false));
    report.Check("is down", (FindLink(two.here, "left")->flags & IFF_UP) == 0);
  });
}

TEST(NetTest, LinkMovesUnderANewName) {
  RunApart([](Report& report) {
    Two two;
    report.Check("create", CreateVeth(two.here, {"a", "", -1}, {"b", "", -1}));
    report.Check("both here", ListLinks(two.here)->size() == 3);
    report.Check("move", MoveLink(two.here, "b", two.other.get(), "eth0"));
    report.Check("gone", absl::IsNotFound(FindLink(two.here, "b").status()));
    NetlinkSocket there = two.There();
    report.Check("came", FindLink(there, "eth0").status());
  });
}

TEST(NetTest, DeletingOneEndDeletesBothAndAbsenceIsSuccess) {
  RunApart([](Report& report) {
    Two two;
    NetlinkSocket there = two.There();
    report.Check("create", CreateVeth(two.here, {"a", "", -1},
                                      {"b", "", two.other.get()}));
    report.Check("delete", DeleteLink(two.here, "a"));
    report.Check("gone", absl::IsNotFound(FindLink(there, "b").status()));
    report.Check("again", DeleteLink(two.here, "a"));
  });
}

TEST(NetTest, AddressesComeAndGo) {
  RunApart([](Report& report) {
    Two two;
    const Ip four = Parsed("10.1.2.3/24");
    const Ip six = Parsed("fd00::3/64");
    report.Check("v4", AddAddress(two.here, "lo", four));
    report.Check("v6", AddAddress(two.here, "lo", six));
    std::vector<std::string> texts;
    const auto addresses = ListAddresses(two.here);
    report.Check("list", addresses.status());
    for (const LinkAddress& address : *addresses) {
      texts.push_back(address.ip.ToString());
    }
    report.Check(
        absl::StrCat("listed ", absl::StrJoin(texts, " ")),
        texts == std::vector<std::string>{"10.1.2.3/24", "fd00::3/64"});
    const absl::Status again = AddAddress(two.here, "lo", four);
    report.Check("taken", absl::IsAlreadyExists(again));
    report.Check("delete v4", DeleteAddress(two.here, "lo", four));
    report.Check("delete v6", DeleteAddress(two.here, "lo", six));
    report.Check("absent", DeleteAddress(two.here, "lo", four));
    report.Check("none left", ListAddresses(two.here)->empty());
  });
}

TEST(NetTest, OpeningASocketElsewhereLeavesTheCallerWhereHeIs) {
  RunApart([](Report& report) {
    Two two;
    const sys::Fd before(open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC));
    report.Check(
        "there",
        two.There().Execute(sys::NetlinkRequest(0xffff, 0, 0), "").code() !=
            absl::StatusCode::kOk);
    const sys::Fd after(open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC));
    report.Check("same", InodeOf(before.get()) == InodeOf(after.get()));
    report.Check("no namespace", !OpenRouteIn(-1).ok());
  });
}

TEST(NetTest, ErrorsSayWhatAndWhy) {
  RunApart([](Report& report) {
    Two two;
    const auto says = [&](const char* what, const absl::Status& status,
                          const char* text) {
      report.Check(absl::StrCat(what, " (", status.message(), ")"),
                   absl::StrContains(status.message(), text));
    };
    says("no such link", SetLinkUp(two.here, "eth9"), "set link eth9 up: ");
    says("long name", CreateVeth(two.here, {"0123456789abcdef", "", -1}, {}),
         "'0123456789abcdef': no name for a link");
    says("bad MAC", CreateVeth(two.here, {"a", "02:00", -1}, {"b", "", -1}),
         "02:00: no MAC address");
    report.Check("create", CreateVeth(two.here, {"a", "", -1}, {"b", "", -1}));
    const absl::Status taken =
        CreateVeth(two.here, {"a", "", -1}, {"c", "", -1});
    report.Check("code", absl::IsAlreadyExists(taken));
    says("taken", taken, "create veth pair a, c: File exists");
    // The kernel explains it.
    says("gateway", AddRoute(two.here, {{}, Parsed("10.0.0.1"), 0}),
         "add route to anywhere via 10.0.0.1: Network is unreachable (Nexthop");
  });
}

}  // namespace
}  // namespace cleat::net
