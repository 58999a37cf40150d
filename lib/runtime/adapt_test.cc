#include "lib/runtime/adapt.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/runtime/defaults.h"

namespace cleat::runtime {
namespace {

using ::testing::Contains;
using ::testing::Not;

const proto::oci::Mount& DevptsOf(const proto::oci::Spec& spec) {
  for (const proto::oci::Mount& mount : spec.mounts()) {
    if (mount.type() == "devpts") return mount;
  }
  return proto::oci::Mount::default_instance();
}

TEST(AdaptTest, GroupThatIsNotMappedIsNotAsked) {
  proto::oci::Spec spec = DefaultSpec();
  ASSERT_THAT(DevptsOf(spec).options(), Contains("gid=5"));
  const int before = DevptsOf(spec).options_size();
  AdaptToUserNamespace({{0, 1000, 1}}, &spec);
  EXPECT_THAT(DevptsOf(spec).options(), Not(Contains("gid=5")));
  EXPECT_EQ(DevptsOf(spec).options_size(), before - 1);
}

TEST(AdaptTest, GroupThatIsMappedStays) {
  proto::oci::Spec spec = DefaultSpec();
  AdaptToUserNamespace({{0, 1000, 1}, {1, 100000, 65536}}, &spec);
  EXPECT_THAT(DevptsOf(spec).options(), Contains("gid=5"));
}

TEST(AdaptTest, OnlyTheRangeOfPingIsTakenFromTheParameters) {
  proto::oci::Spec spec = DefaultSpec();
  const int before = spec.linux().sysctl_size();
  AdaptToUserNamespace({{0, 1000, 65536}}, &spec);
  EXPECT_EQ(spec.linux().sysctl().count("net.ipv4.ping_group_range"), 0);
  EXPECT_EQ(spec.linux().sysctl_size(), before - 1);
}

}  // namespace
}  // namespace cleat::runtime
