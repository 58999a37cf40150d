#include "lib/runtime/security_options.h"

#include <algorithm>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/runtime/defaults.h"
#include "lib/sys/file.h"

namespace cleat::runtime {
namespace {

using ::testing::HasSubstr;

proto::ProcessSpec With(const std::vector<std::string>& options) {
  proto::ProcessSpec process;
  for (const std::string& option : options) process.add_security_opt(option);
  return process;
}

proto::oci::Spec Applied(const proto::ProcessSpec& process) {
  proto::oci::Spec spec = DefaultSpec();
  const absl::Status status = ApplySecurity(process, &spec);
  EXPECT_TRUE(status.ok()) << status;
  return spec;
}

std::string ErrorOf(const std::string& option) {
  proto::oci::Spec spec = DefaultSpec();
  const absl::Status status = ApplySecurity(With({option}), &spec);
  EXPECT_FALSE(status.ok()) << option;
  return std::string(status.message());
}

bool HasReadOnlySystem(const proto::oci::Spec& spec) {
  for (const proto::oci::Mount& mount : spec.mounts()) {
    const auto& options = mount.options();
    const bool system = mount.type() == "sysfs" || mount.type() == "cgroup";
    if (system &&
        std::find(options.begin(), options.end(), "ro") != options.end()) {
      return true;
    }
  }
  return false;
}

TEST(SecurityOptionsTest, DefaultFiltersAndMasksAndLetsSudoWork) {
  const proto::oci::Spec spec = Applied(With({}));
  EXPECT_TRUE(spec.linux().seccomp().use_default());
  EXPECT_GT(spec.linux().masked_paths_size(), 0);
  EXPECT_FALSE(spec.process().no_new_privileges());
  EXPECT_TRUE(HasReadOnlySystem(spec));
}

TEST(SecurityOptionsTest, NoNewPrivilegesHasAllOfDockersForms) {
  for (const char* option : {"no-new-privileges", "no-new-privileges=true",
                             "no-new-privileges:true"}) {
    EXPECT_TRUE(Applied(With({option})).process().no_new_privileges());
  }
  EXPECT_FALSE(Applied(With({"no-new-privileges", "no-new-privileges=false"}))
                   .process()
                   .no_new_privileges());
}

TEST(SecurityOptionsTest, ProfileIsReadFromItsFile) {
  const std::string path = ::testing::TempDir() + "/profile.json";
  ASSERT_TRUE(
      sys::WriteFileAtomic(path, R"({"defaultAction":"SCMP_ACT_LOG"})", 0644)
          .ok());
  EXPECT_EQ(
      Applied(With({"seccomp=" + path})).linux().seccomp().default_action(),
      "SCMP_ACT_LOG");
  EXPECT_FALSE(Applied(With({"seccomp=unconfined"})).linux().has_seccomp());
  EXPECT_TRUE(
      Applied(With({"seccomp:builtin"})).linux().seccomp().use_default());
  ASSERT_TRUE(sys::WriteFileAtomic(path, R"({"x":1})", 0644).ok());
  EXPECT_THAT(ErrorOf("seccomp=" + path), HasSubstr(path));
  EXPECT_THAT(ErrorOf("seccomp=/nonexistent"), HasSubstr("/nonexistent"));
}

TEST(SecurityOptionsTest, SystemPathsMayBeShown) {
  const proto::oci::Spec spec = Applied(With({"systempaths=unconfined"}));
  EXPECT_EQ(spec.linux().masked_paths_size(), 0);
  EXPECT_EQ(spec.linux().readonly_paths_size(), 0);
  EXPECT_TRUE(spec.linux().has_seccomp());
  EXPECT_TRUE(HasReadOnlySystem(spec));
}

TEST(SecurityOptionsTest, PrivilegedIsWithoutAny) {
  proto::ProcessSpec process;
  process.set_privileged(true);
  const proto::oci::Spec spec = Applied(process);
  EXPECT_FALSE(spec.linux().has_seccomp());
  EXPECT_EQ(spec.linux().masked_paths_size(), 0);
  EXPECT_FALSE(HasReadOnlySystem(spec));
  process.add_security_opt("seccomp=builtin");
  EXPECT_TRUE(Applied(process).linux().has_seccomp());
}

TEST(SecurityOptionsTest, WhatIsUnknownOrMissingIsNamed) {
  EXPECT_THAT(ErrorOf("bogus=1"), HasSubstr("--security-opt 'bogus=1'"));
  EXPECT_THAT(ErrorOf("seccomp"), HasSubstr("give a file"));
  EXPECT_THAT(ErrorOf("no-new-privileges=maybe"), HasSubstr("true or false"));
  EXPECT_THAT(ErrorOf("systempaths=all"), HasSubstr("unconfined"));
  EXPECT_THAT(ErrorOf("label=type:container_t"), HasSubstr("SELinux"));
  EXPECT_TRUE(ParseSecurityOptions(
                  With({"apparmor=unconfined", "label=disable"}).security_opt())
                  .ok());
  if (sys::Exists("/sys/module/apparmor")) GTEST_SKIP() << "AppArmor is there";
  EXPECT_THAT(ErrorOf("apparmor=docker-default"), HasSubstr("AppArmor"));
}

}  // namespace
}  // namespace cleat::runtime
