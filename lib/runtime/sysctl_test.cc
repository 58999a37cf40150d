#include "lib/runtime/sysctl.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cleat::runtime {
namespace {

using ::testing::HasSubstr;

TEST(SysctlTest, NamespaceOfTheParameterIsNeeded) {
  proto::oci::Linux parts;
  parts.add_namespaces()->set_type("ipc");
  EXPECT_TRUE(CheckSysctl("kernel.shmmax", parts).ok());
  EXPECT_TRUE(CheckSysctl("fs.mqueue.msg_max", parts).ok());
  const absl::Status net = CheckSysctl("net.ipv4.ip_forward", parts);
  EXPECT_TRUE(absl::IsFailedPrecondition(net));
  EXPECT_THAT(std::string(net.message()), HasSubstr("network namespace"));
  parts.add_namespaces()->set_type("network");
  EXPECT_TRUE(CheckSysctl("net.ipv4.ip_forward", parts).ok());
}

TEST(SysctlTest, ParametersOfTheMachineAreRefused) {
  proto::oci::Linux parts;
  parts.add_namespaces()->set_type("ipc");
  for (const char* name : {"kernel.panic", "kernel.hostname", "vm.swappiness",
                           "net", "kernel.shmmaxx", "fs.file-max"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(CheckSysctl(name, parts))) << name;
  }
}

TEST(SysctlTest, AssignmentsReplaceEarlierOnes) {
  proto::oci::Linux parts;
  ASSERT_TRUE(AddSysctl("kernel.sem=1 2 3 4", &parts).ok());
  ASSERT_TRUE(AddSysctl("kernel.sem=5=6", &parts).ok());
  EXPECT_EQ(parts.sysctl().at("kernel.sem"), "5=6");
  EXPECT_FALSE(AddSysctl("kernel.sem", &parts).ok());
  EXPECT_FALSE(AddSysctl("=1", &parts).ok());
}

}  // namespace
}  // namespace cleat::runtime
