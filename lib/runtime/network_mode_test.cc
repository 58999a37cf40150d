#include "lib/runtime/network_mode.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/runtime/defaults.h"

namespace cleat::runtime {
namespace {

// The path of the network namespace; "new" without one, "none" for none.
std::string NetworkOf(const proto::oci::Spec& spec) {
  for (const proto::oci::Namespace& entry : spec.linux().namespaces()) {
    if (entry.type() == "network")
      return entry.has_path() ? entry.path() : "new";
  }
  return "none";
}

absl::Status Set(const std::string& mode, proto::oci::Spec* spec) {
  proto::NetworkSpec network;
  network.set_network(mode);
  return SetNetworkMode(network, spec);
}

TEST(NetworkModeTest, NoneIsANewNamespace) {
  proto::oci::Spec spec = DefaultSpec();
  ASSERT_TRUE(Set("none", &spec).ok());
  EXPECT_EQ(NetworkOf(spec), "new");
  EXPECT_EQ(spec.linux().sysctl().size(), 2);
}

TEST(NetworkModeTest, HostsIsNotTheContainersToSet) {
  proto::oci::Spec spec = DefaultSpec();
  (*spec.mutable_linux()->mutable_sysctl())["net.core.somaxconn"] = "1";
  ASSERT_TRUE(Set("host", &spec).ok());
  EXPECT_EQ(NetworkOf(spec), "none");
  // What a user asked for stays, for who judges it.
  EXPECT_EQ(spec.linux().sysctl().size(), 1);
}

TEST(NetworkModeTest, OneThatExistsIsNamedByItsPath) {
  proto::oci::Spec spec = DefaultSpec();
  ASSERT_TRUE(Set("ns:/run/netns/x", &spec).ok());
  EXPECT_EQ(NetworkOf(spec), "/run/netns/x");
  EXPECT_TRUE(spec.linux().sysctl().empty());
}

TEST(NetworkModeTest, AnythingElseIsRefused) {
  proto::oci::Spec spec;
  for (const char* mode : {"bridge", "ns:", "ns:relative", "Host", "ns"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(Set(mode, &spec))) << mode;
  }
}

}  // namespace
}  // namespace cleat::runtime
