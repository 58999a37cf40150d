#include "lib/cgroup/devices.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/cgroup/create.h"
#include "lib/cgroup/machine.h"
#include "lib/cgroup/plan.h"
#include "lib/cgroup/remove.h"
#include "lib/sys/clone.h"
#include "lib/sys/fd.h"
#include "lib/sys/pidfd.h"

namespace cleat::cgroup {
namespace {

using ::testing::HasSubstr;

void Add(DeviceRules& rules, bool allow, const std::string& type, int64_t major,
         int64_t minor, const std::string& access) {
  proto::oci::DeviceRule& rule = *rules.Add();
  rule.set_allow(allow);
  rule.set_type(type);
  if (major >= 0) (rule.set_major)(major);
  if (minor >= 0) (rule.set_minor)(minor);
  rule.set_access(access);
}

// Nothing but the null device, and /dev/zero for reading.
DeviceRules SomeRules() {
  DeviceRules rules;
  Add(rules, false, "a", -1, -1, "rwm");
  Add(rules, true, "c", -1, -1, "m");
  Add(rules, true, "c", 1, 3, "rwm");
  Add(rules, true, "c", 1, 5, "r");
  return rules;
}

// What a process of the group finds: a bit for each that it could not do.
int Probe(const std::string& group) {
  const sys::Fd tasks(
      open(absl::StrCat(group, "/cgroup.procs").c_str(), O_WRONLY | O_CLOEXEC));
  EXPECT_TRUE(tasks.valid());
  const std::string node = absl::StrCat("/dev/cleat-test-", getpid());
  auto child = sys::Clone({}, [&] {
    if (write(tasks.get(), "0", 1) != 1) _exit(125);
    int failed = 0;
    failed |= open("/dev/null", O_RDWR) < 0 ? 1 : 0;
    failed |= open("/dev/zero", O_RDONLY) < 0 ? 2 : 0;
    failed |= open("/dev/zero", O_RDWR) < 0 ? 4 : 0;
    failed |= open("/dev/urandom", O_RDONLY) < 0 ? 8 : 0;
    failed |= mknod(node.c_str(), S_IFCHR | 0600, makedev(1, 9)) < 0 ? 16 : 0;
    unlink(node.c_str());
    failed |= mknod(node.c_str(), S_IFBLK | 0600, makedev(7, 0)) < 0 ? 32 : 0;
    unlink(node.c_str());
    _exit(failed);
  });
  EXPECT_TRUE(child.ok()) << child.status();
  return *sys::WaitForExit(child->pidfd.get());
}

class DevicesKernelTest : public ::testing::Test {
 protected:
  // Groups of the machine's hierarchies that `wanted` takes.
  void MakeGroup(bool (*wanted)(const Hierarchy&)) {
    if (geteuid() != 0) GTEST_SKIP() << "needs root";
    const absl::StatusOr<Machine> machine = FindMachine();
    Machine part;
    for (const Hierarchy& hierarchy : machine->hierarchies) {
      if (wanted(hierarchy)) part.hierarchies.push_back(hierarchy);
    }
    const std::string id = absl::StrCat("devices-test-", getpid());
    state_ = *Plan(part, id, {});
    if (state_.directories_size() == 0) GTEST_SKIP() << "no such hierarchy";
    ASSERT_TRUE(Create(state_).ok());
  }
  void TearDown() override {
    for (const proto::CgroupDirectory& directory : state_.directories()) {
      EXPECT_TRUE(Remove({directory.path()}).ok());
    }
  }

  proto::CgroupState state_;
};

TEST_F(DevicesKernelTest, ListOfV1AllowsWhatTheRulesSay) {
  MakeGroup([](const Hierarchy& h) { return h.Has("devices") && !h.unified; });
  if (IsSkipped()) return;
  const absl::Status status = SetDevices(state_, SomeRules());
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(Probe(state_.directories(0).path()), 4 | 8 | 32);
}

TEST_F(DevicesKernelTest, ProgramOfV2AllowsWhatTheRulesSay) {
  MakeGroup([](const Hierarchy& h) { return h.unified; });
  if (IsSkipped()) return;
  const absl::Status status = SetDevices(state_, SomeRules());
  if (absl::IsPermissionDenied(status)) GTEST_SKIP() << status;
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(Probe(state_.directories(0).path()), 4 | 8 | 32);
}

TEST_F(DevicesKernelTest, ProgramThatAllowsAllIsTaken) {
  MakeGroup([](const Hierarchy& h) { return h.unified; });
  if (IsSkipped()) return;
  DeviceRules rules = SomeRules();
  Add(rules, true, "a", -1, -1, "rwm");
  const absl::Status status = SetDevices(state_, rules);
  if (absl::IsPermissionDenied(status)) GTEST_SKIP() << status;
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(Probe(state_.directories(0).path()), 0);
}

TEST(DevicesTest, RuleIsWrittenAsTheKernelTakesIt) {
  const DeviceRules rules = SomeRules();
  EXPECT_EQ(*FormatDeviceRule(rules[0]), "a *:* rwm");
  EXPECT_EQ(*FormatDeviceRule(rules[1]), "c *:* m");
  EXPECT_EQ(*FormatDeviceRule(rules[3]), "c 1:5 r");
  EXPECT_EQ(*FormatDeviceRule({}), "a *:* rwm");
}

TEST(DevicesTest, RuleThatIsNoneIsRefused) {
  DeviceRules rules;
  Add(rules, true, "x", 1, 3, "r");
  EXPECT_THAT(std::string(SetDevices({}, rules).message()),
              HasSubstr("type 'x'"));
  rules[0].set_type("c");
  rules[0].set_access("rx");
  EXPECT_THAT(std::string(SetDevices({}, rules).message()),
              HasSubstr("access 'rx'"));
}

TEST(DevicesTest, NoGroupIsSaidSo) {
  EXPECT_TRUE(absl::IsFailedPrecondition(SetDevices({}, SomeRules())));
}

}  // namespace
}  // namespace cleat::cgroup
