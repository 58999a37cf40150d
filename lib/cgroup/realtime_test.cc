#include "lib/cgroup/realtime.h"

#include <sys/resource.h>
#include <unistd.h>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/testing/fake_cgroup.h"

namespace cleat::cgroup {
namespace {

using ::testing::HasSubstr;

// cpu/a/b, of which cpu is the base.
class RealTimeTest : public ::testing::Test {
 protected:
  RealTimeTest() {
    fake_.AddGroup("cpu/a/b");
    Give("cpu", "950000\n");
    Give("cpu/a", "0\n");
    Give("cpu/a/b", "0\n");
    proto::CgroupDirectory& directory = *state_.add_directories();
    directory.add_controllers("cpu");
    directory.set_base(fake_.Path("cpu"));
    directory.set_path(fake_.Path("cpu/a/b"));
  }

  void Give(const std::string& group, const std::string& runtime) {
    fake_.Write(group + "/cpu.rt_runtime_us", runtime);
    fake_.Write(group + "/cpu.rt_period_us", "500000\n");
  }

  // As `ulimit -r`; false where this process may not.
  static bool MayBecomeRealTime(bool may) {
    const struct rlimit limit = {may ? 1UL : 0UL, 1};
    return setrlimit(RLIMIT_RTPRIO, &limit) == 0;
  }

  testing::FakeCgroup fake_;
  proto::CgroupState state_;
};

TEST_F(RealTimeTest, WhoMayBeRealTimeIsWarnedWithTheCure) {
  if (!MayBecomeRealTime(true)) GTEST_SKIP() << "needs root";
  EXPECT_THAT(RealTimeWarning(state_, 0), HasSubstr("--cpu-rt-runtime=950000"));
  EXPECT_THAT(RealTimeWarning(state_, 0), HasSubstr(fake_.Path("cpu/a/b")));
  ASSERT_TRUE(MayBecomeRealTime(false));
  EXPECT_EQ(RealTimeWarning(state_, 0), "");
}

TEST_F(RealTimeTest, NobodyIsWarnedWhereThereIsTime) {
  if (!MayBecomeRealTime(true)) GTEST_SKIP() << "needs root";
  Give("cpu/a/b", "1000\n");
  EXPECT_EQ(RealTimeWarning(state_, 0), "");
  // A kernel that does not divide it has no such file; nor has v2.
  ASSERT_EQ(unlink(fake_.Path("cpu/a/b/cpu.rt_runtime_us").c_str()), 0);
  EXPECT_EQ(RealTimeWarning(state_, 0), "");
  Give("cpu/a/b", "0\n");
  state_.mutable_directories(0)->set_unified(true);
  EXPECT_EQ(RealTimeWarning(state_, 0), "");
}

TEST_F(RealTimeTest, GroupsBetweenGetWhatTheBaseHas) {
  proto::CgroupSpec spec;
  EXPECT_TRUE(AllowRealTime(state_, spec).ok());
  EXPECT_EQ(fake_.Read("cpu/a/cpu.rt_runtime_us"), "0\n");
  spec.set_cpu_rt_runtime_us(1000);
  EXPECT_TRUE(AllowRealTime(state_, spec).ok());
  EXPECT_EQ(fake_.Read("cpu/a/cpu.rt_runtime_us"), "950000\n");
  // The group's own is what the spec says, which Apply writes.
  EXPECT_EQ(fake_.Read("cpu/a/b/cpu.rt_runtime_us"), "0\n");
}

TEST_F(RealTimeTest, ABaseWithoutTheFileIsNamed) {
  ASSERT_EQ(unlink(fake_.Path("cpu/cpu.rt_period_us").c_str()), 0);
  proto::CgroupSpec spec;
  spec.set_cpu_rt_runtime_us(1000);
  const absl::Status status = AllowRealTime(state_, spec);
  EXPECT_TRUE(absl::IsNotFound(status)) << status;
  EXPECT_THAT(status.message(), HasSubstr("cpu/cpu.rt_period_us"));
}

}  // namespace
}  // namespace cleat::cgroup
