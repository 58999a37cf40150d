#include "lib/cgroup/device_rules.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cleat::cgroup {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string Text(const proto::oci::DeviceRule& rule) {
  const auto number = [](bool given, int64_t n) {
    return given ? absl::StrCat(n) : "*";
  };
  return absl::StrCat(rule.allow() ? "+" : "-", rule.type(), " ",
                      number(rule.has_major(), (rule.major)()), ":",
                      number(rule.has_minor(), (rule.minor)()), " ",
                      rule.access());
}

std::vector<std::string> Texts(const DeviceRules& rules) {
  std::vector<std::string> texts;
  for (const auto& rule : rules) texts.push_back(Text(rule));
  return texts;
}

TEST(ParseDeviceRuleTest, TakesDockersAndItsContrary) {
  EXPECT_EQ(Text(*ParseDeviceRule("c 1:3 rwm")), "+c 1:3 rwm");
  EXPECT_EQ(Text(*ParseDeviceRule("b 8:* r")), "+b 8:* r");
  EXPECT_EQ(Text(*ParseDeviceRule("a *:* rwm")), "+a *:* rwm");
  EXPECT_EQ(Text(*ParseDeviceRule("deny  c 10:200 w")), "-c 10:200 w");
  EXPECT_EQ(Text(*ParseDeviceRule("deny a")), "-a *:* rwm");
}

TEST(ParseDeviceRuleTest, RefusesWhatIsNoRule) {
  for (const char* text :
       {"", "deny", "c", "c 1:3", "x 1:3 r", "c 1 r", "c 1:x r", "c -1:3 r",
        "c 1:3 rx", "c 1:3 r w", "c 1:4294967296 r", "ab 1:3 r"}) {
    EXPECT_THAT(std::string(ParseDeviceRule(text).status().message()),
                HasSubstr("device-cgroup-rule"))
        << text;
  }
}

TEST(DeviceRulesOfTest, NothingElseIsAllowed) {
  proto::CgroupSpec spec;
  EXPECT_TRUE(DeviceRulesOf(spec)->empty());
  spec.add_device("/dev/null:rw");
  spec.add_device_cgroup_rule("b 7:* r");
  EXPECT_THAT(Texts(*DeviceRulesOf(spec)),
              ElementsAre("-a *:* rwm", "+c 1:3 rw", "+b 7:* r"));
}

TEST(DeviceRulesOfTest, RulesThatOnlyForbidLeaveTheRest) {
  proto::CgroupSpec spec;
  spec.add_device_cgroup_rule("deny b 7:* rwm");
  EXPECT_THAT(Texts(*DeviceRulesOf(spec)),
              ElementsAre("+a *:* rwm", "-b 7:* rwm"));
}

TEST(DeviceRulesOfTest, DeviceMustBeOne) {
  proto::CgroupSpec spec;
  spec.add_device("/etc/passwd");
  EXPECT_THAT(std::string(DeviceRulesOf(spec).status().message()),
              HasSubstr("'/etc/passwd' is not a device"));
  spec.set_device(0, "/nonexistent");
  EXPECT_THAT(std::string(DeviceRulesOf(spec).status().message()),
              HasSubstr("device: /nonexistent: No such file"));
  spec.set_device(0, "/dev/null:x");
  EXPECT_THAT(std::string(DeviceRulesOf(spec).status().message()),
              HasSubstr("PATH[:rwm]"));
}

}  // namespace
}  // namespace cleat::cgroup
