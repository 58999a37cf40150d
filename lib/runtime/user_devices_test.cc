#include "lib/runtime/user_devices.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cleat::runtime {
namespace {

using ::testing::HasSubstr;

std::string ErrorOf(const std::string& flag) {
  proto::oci::Spec spec;
  return std::string(AddUserDevices({flag}, &spec).message());
}

TEST(UserDevicesTest, FlagHasDockersForms) {
  UserDevice device = *ParseDeviceFlag("/dev/fuse");
  EXPECT_EQ(device.target, "/dev/fuse");
  EXPECT_EQ(device.access, "rwm");
  device = *ParseDeviceFlag("/dev/fuse:r");
  EXPECT_EQ(device.target, "/dev/fuse");
  EXPECT_EQ(device.access, "r");
  device = *ParseDeviceFlag("/dev/fuse:/dev/other:rw");
  EXPECT_EQ(device.source, "/dev/fuse");
  EXPECT_EQ(device.target, "/dev/other");
  EXPECT_EQ(device.access, "rw");
}

TEST(UserDevicesTest, DeviceIsMadeOrBoundAndAllowed) {
  proto::oci::Spec spec;
  ASSERT_TRUE(AddUserDevices({"/dev/null:/dev/nothing:r"}, &spec).ok());
  ASSERT_EQ(spec.linux().devices_size() + spec.mounts_size(), 1);
  if (spec.mounts_size() == 0) {
    EXPECT_EQ(spec.linux().devices(0).path(), "/dev/nothing");
    EXPECT_EQ((spec.linux().devices(0).minor)(), 3);
  }
  ASSERT_EQ(spec.linux().resources().devices_size(), 1);
  const proto::oci::DeviceRule& rule = spec.linux().resources().devices(0);
  EXPECT_TRUE(rule.allow());
  EXPECT_EQ((rule.major)(), 1);
  EXPECT_EQ(rule.access(), "r");
}

TEST(UserDevicesTest, WhatIsWrongIsNamed) {
  EXPECT_EQ(ErrorOf("dev/null"),
            "--device dev/null: 'dev/null': give an absolute path");
  EXPECT_THAT(ErrorOf("/dev/null:null"), HasSubstr("'null'"));
  EXPECT_THAT(ErrorOf("/dev/null:/dev/x:rx"), HasSubstr("access 'rx'"));
  EXPECT_THAT(ErrorOf("/dev/null:/dev/x:"), HasSubstr("access ''"));
  EXPECT_THAT(ErrorOf("/dev/null:/a:r:b"), HasSubstr("HOST[:TARGET"));
  EXPECT_THAT(ErrorOf("/absent"), HasSubstr("No such file"));
  EXPECT_THAT(ErrorOf("/proc/self/exe"), HasSubstr("is no device"));
}

TEST(UserDevicesTest, EverythingElseIsForbiddenFirst) {
  proto::oci::Spec spec;
  AddDefaultDeviceRules(&spec);
  EXPECT_FALSE(spec.linux().resources().devices(0).allow());
  EXPECT_EQ(spec.linux().resources().devices(0).type(), "a");
  ASSERT_TRUE(AddHostDevices(&spec).ok());
  ASSERT_EQ(spec.linux().resources().devices_size(), 1);
  EXPECT_TRUE(spec.linux().resources().devices(0).allow());
}

}  // namespace
}  // namespace cleat::runtime
