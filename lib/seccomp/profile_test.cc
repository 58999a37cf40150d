#include "lib/seccomp/profile.h"

#include <errno.h>
#include <linux/seccomp.h>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cleat::seccomp {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Target TestTarget() {
  Target target;
  target.kernel[0] = 5;
  target.kernel[1] = 10;
  target.arch = &GetArch(kX8664);
  return target;
}

absl::StatusOr<Filter> ResolveJson(absl::string_view json,
                                   const Target& target = TestTarget()) {
  const auto profile = ParseProfile(json);
  if (!profile.ok()) return profile.status();
  return Resolve(*profile, target);
}

Filter Good(absl::string_view json, const Target& target = TestTarget()) {
  absl::StatusOr<Filter> filter = ResolveJson(json, target);
  EXPECT_TRUE(filter.ok()) << filter.status();
  return filter.ok() ? *filter : Filter();
}

std::string ErrorOf(absl::string_view json) {
  const absl::Status status = ResolveJson(json).status();
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
  return std::string(status.message());
}

// A profile with one entry of `syscalls`.
std::string With(const std::string& call) {
  return R"({"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{)" + call + "}]}";
}

TEST(ProfileTest, ActionsTakeTheirErrno) {
  EXPECT_EQ(Good(R"({"defaultAction":"SCMP_ACT_ERRNO"})").default_action,
            SECCOMP_RET_ERRNO | EPERM);
  EXPECT_EQ(Good(R"({"defaultAction":"SCMP_ACT_ERRNO","defaultErrnoRet":38})")
                .default_action,
            SECCOMP_RET_ERRNO | ENOSYS);
  EXPECT_EQ(Good(R"({"defaultAction":"SCMP_ACT_ERRNO","defaultErrnoRet":1,
                     "defaultErrno":"ENOSYS"})")
                .default_action,
            SECCOMP_RET_ERRNO | ENOSYS);
  EXPECT_EQ(Good(R"({"defaultAction":"SCMP_ACT_KILL_PROCESS"})").default_action,
            SECCOMP_RET_KILL_PROCESS);
  const Filter filter = Good(
      With(R"("names":["read"],"action":"SCMP_ACT_TRACE","errnoRet":65535)"));
  EXPECT_EQ(filter.rules[0].action, SECCOMP_RET_TRACE | 0xffff);
}

TEST(ProfileTest, UnknownCallsArePassedOver) {
  const Filter filter =
      Good(With(R"("names":["nosuchcall","read"],"action":"SCMP_ACT_ERRNO")"));
  ASSERT_EQ(filter.rules.size(), 1);
  EXPECT_EQ(filter.rules[0].syscall->name, "read");
}

TEST(ProfileTest, NativeArchIsAlwaysFiltered) {
  EXPECT_THAT(Good(R"({"defaultAction":"SCMP_ACT_ALLOW"})").arches,
              ElementsAre(&GetArch(kX8664)));
  EXPECT_THAT(Good(R"({"defaultAction":"SCMP_ACT_ALLOW","architectures":
                       ["SCMP_ARCH_X86","SCMP_ARCH_MIPS","SCMP_ARCH_X86"]})")
                  .arches,
              ElementsAre(&GetArch(kX8664), &GetArch(kX86)));
}

TEST(ProfileTest, ArchMapIsReadForThisMachineOnly) {
  constexpr char kProfile[] = R"({"defaultAction":"SCMP_ACT_ALLOW","archMap":[
      {"architecture":"SCMP_ARCH_AARCH64","subArchitectures":["SCMP_ARCH_ARM"]},
      {"architecture":"SCMP_ARCH_X86_64","subArchitectures":["SCMP_ARCH_X32"]},
      {"architecture":"SCMP_ARCH_RISCV64","subArchitectures":null}]})";
  EXPECT_THAT(Good(kProfile).arches,
              ElementsAre(&GetArch(kX8664), &GetArch(kX32)));
  Target arm = TestTarget();
  arm.arch = &GetArch(kAarch64);
  EXPECT_THAT(Good(kProfile, arm).arches,
              ElementsAre(&GetArch(kAarch64), &GetArch(kArm)));
}

TEST(ProfileTest, IncludesAskForAll) {
  const std::string profile = With(
      R"("names":["read"],"action":"SCMP_ACT_ERRNO",
         "includes":{"caps":["CAP_SYS_ADMIN","CAP_BPF"],"arches":["amd64"],
                     "minKernel":"5.10"})");
  EXPECT_TRUE(Good(profile).rules.empty());
  Target target = TestTarget();
  target.capabilities = uint64_t{1} << 21;
  EXPECT_TRUE(Good(profile, target).rules.empty());
  target.capabilities |= uint64_t{1} << 39;
  EXPECT_FALSE(Good(profile, target).rules.empty());
  target.kernel[1] = 9;
  EXPECT_TRUE(Good(profile, target).rules.empty());
  target.kernel[0] = 6;
  EXPECT_FALSE(Good(profile, target).rules.empty());
  target.arch = &GetArch(kAarch64);
  EXPECT_TRUE(Good(profile, target).rules.empty());
}

TEST(ProfileTest, ExcludesRefuseAny) {
  const std::string profile = With(
      R"("names":["read"],"action":"SCMP_ACT_ERRNO",
         "excludes":{"caps":["CAP_SYS_ADMIN","CAP_BPF"],"arches":["arm64"],
                     "minKernel":"6.0"})");
  EXPECT_FALSE(Good(profile).rules.empty());
  Target target = TestTarget();
  target.capabilities = uint64_t{1} << 39;
  EXPECT_TRUE(Good(profile, target).rules.empty());
  target = TestTarget();
  target.arch = &GetArch(kAarch64);
  EXPECT_TRUE(Good(profile, target).rules.empty());
  target = TestTarget();
  target.kernel[0] = 6;
  EXPECT_TRUE(Good(profile, target).rules.empty());
}

TEST(ProfileTest, ConditionsOnOneArgumentAreAlternatives) {
  const Filter both = Good(With(R"("names":["read"],"action":"SCMP_ACT_ERRNO",
      "args":[{"index":0,"value":1,"op":"SCMP_CMP_EQ"},
              {"index":1,"value":18446744073709551615,"op":"SCMP_CMP_LT"}])"));
  ASSERT_EQ(both.rules.size(), 1);
  EXPECT_EQ(both.rules[0].conditions[1].value, UINT64_MAX);
  const Filter either = Good(With(R"("names":["read"],"action":"SCMP_ACT_ERRNO",
      "args":[{"index":0,"value":1,"op":"SCMP_CMP_EQ"},
              {"index":0,"value":2,"op":"SCMP_CMP_EQ"}])"));
  EXPECT_EQ(either.rules.size(), 2);
}

TEST(ProfileTest, FlagsAreThoseOfTheProfile) {
  EXPECT_EQ(Good(R"({"defaultAction":"SCMP_ACT_ALLOW"})").flags,
            SECCOMP_FILTER_FLAG_SPEC_ALLOW);
  EXPECT_EQ(Good(R"({"defaultAction":"SCMP_ACT_ALLOW","flags":
                     ["SECCOMP_FILTER_FLAG_LOG","SECCOMP_FILTER_FLAG_TSYNC"]})")
                .flags,
            SECCOMP_FILTER_FLAG_LOG);
}

TEST(ProfileTest, WhatIsWrongIsNamed) {
  EXPECT_THAT(ErrorOf("["), HasSubstr("seccomp profile"));
  EXPECT_THAT(ErrorOf("{}"), HasSubstr("defaultAction"));
  EXPECT_THAT(ErrorOf(R"({"defaultAction":"SCMP_ACT_FOO"})"),
              HasSubstr("SCMP_ACT_FOO"));
  EXPECT_THAT(ErrorOf(R"({"defaultAction":"SCMP_ACT_ALLOW","exludes":{}})"),
              HasSubstr("exludes"));
  EXPECT_THAT(
      ErrorOf(R"({"defaultAction":"SCMP_ACT_ALLOW","architectures":["x"]})"),
      HasSubstr("architecture 'x'"));
  EXPECT_THAT(ErrorOf(R"({"defaultAction":"SCMP_ACT_ALLOW","flags":["x"]})"),
              HasSubstr("flag 'x'"));
  EXPECT_THAT(
      ErrorOf(R"({"defaultAction":"SCMP_ACT_ALLOW","defaultErrnoRet":1})"),
      HasSubstr("has no errno"));
  EXPECT_THAT(
      ErrorOf(R"({"defaultAction":"SCMP_ACT_ERRNO","defaultErrnoRet":4096})"),
      HasSubstr("4095"));
  EXPECT_THAT(
      ErrorOf(R"({"defaultAction":"SCMP_ACT_ERRNO","defaultErrno":"EFOO"})"),
      HasSubstr("EFOO"));
}

TEST(ProfileTest, WhatIsWrongInARuleIsNamed) {
  const std::string read = R"("names":["read"],"action":"SCMP_ACT_ERRNO")";
  EXPECT_THAT(ErrorOf(With(R"("action":"SCMP_ACT_ERRNO")")),
              HasSubstr("syscalls[0]: names"));
  EXPECT_THAT(ErrorOf(With(read + R"(,"name":"write")")), HasSubstr("name"));
  EXPECT_THAT(ErrorOf(With(R"("names":["read"],"action":"no")")),
              HasSubstr("action 'no'"));
  EXPECT_THAT(ErrorOf(With(read + R"(,"args":[{"op":"SCMP_CMP_XX"}])")),
              HasSubstr("SCMP_CMP_XX"));
  EXPECT_THAT(
      ErrorOf(With(read + R"(,"args":[{"index":6,"op":"SCMP_CMP_EQ"}])")),
      HasSubstr("argument 6"));
  EXPECT_THAT(ErrorOf(With(read + R"(,"includes":{"caps":["CAP_FOO"]})")),
              HasSubstr("CAP_FOO"));
  EXPECT_THAT(ErrorOf(With(read + R"(,"excludes":{"minKernel":"x"})")),
              HasSubstr("minKernel 'x'"));
}

TEST(ProfileTest, NobodyListensToNotifications) {
  EXPECT_TRUE(absl::IsUnimplemented(
      ResolveJson(With(R"("names":["read"],"action":"SCMP_ACT_NOTIFY")"))
          .status()));
}

}  // namespace
}  // namespace cleat::seccomp
