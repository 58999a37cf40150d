#include "lib/cgroup/apply.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/testing/fake_cgroup.h"

namespace cleat::cgroup {
namespace {

using ::testing::HasSubstr;

// A v1 group of memory and pids as files.
class ApplyTest : public ::testing::Test {
 protected:
  ApplyTest() {
    fake_.AddGroup("memory/c1",
                   {"memory.limit_in_bytes", "memory.memsw.limit_in_bytes"});
    fake_.AddGroup("pids/c1", {"pids.max"});
    for (const char* controller : {"memory", "pids"}) {
      proto::CgroupDirectory& directory = *state_.add_directories();
      directory.add_controllers(controller);
      directory.set_path(fake_.Path(absl::StrCat(controller, "/c1")));
    }
    spec_.set_memory_max_bytes(64 << 20);
    spec_.set_pids_max(50);
  }

  std::string Remove(const std::string& file) const {
    const std::string path = fake_.Path(file);
    EXPECT_EQ(unlink(path.c_str()), 0);
    return path;
  }

  testing::FakeCgroup fake_;
  proto::CgroupState state_;
  proto::CgroupSpec spec_;
};

TEST_F(ApplyTest, EachLimitGoesToItsFile) {
  const absl::Status status = Apply(state_, spec_);
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(fake_.Read("memory/c1/memory.limit_in_bytes"), "67108864");
  EXPECT_EQ(fake_.Read("memory/c1/memory.memsw.limit_in_bytes"), "134217728");
  EXPECT_EQ(fake_.Read("pids/c1/pids.max"), "50");
}

TEST_F(ApplyTest, UnifiedGroupGetsTheFilesOfV2) {
  fake_.AddGroup("c2", {"memory.max", "memory.swap.max", "pids.max"});
  proto::CgroupState state;
  proto::CgroupDirectory& directory = *state.add_directories();
  directory.set_unified(true);
  directory.set_path(fake_.Path("c2"));
  directory.add_controllers("memory");
  directory.add_controllers("pids");
  ASSERT_TRUE(Apply(state, spec_).ok());
  EXPECT_EQ(fake_.Read("c2/memory.max"), "67108864");
  EXPECT_EQ(fake_.Read("c2/memory.swap.max"), "67108864");
  EXPECT_EQ(fake_.Read("c2/pids.max"), "50");
}

TEST_F(ApplyTest, DefaultOfSwapIsLeftOutWhereSwapIsNotCounted) {
  Remove("memory/c1/memory.memsw.limit_in_bytes");
  EXPECT_TRUE(Apply(state_, spec_).ok());
  EXPECT_TRUE(Update(state_, spec_).ok());
}

TEST_F(ApplyTest, SwapAskedForNamesTheMissingFile) {
  const std::string path = Remove("memory/c1/memory.memsw.limit_in_bytes");
  spec_.set_memory_swap_max_bytes(96 << 20);
  for (const auto& act : {Apply, Update}) {
    const absl::Status status = act(state_, spec_);
    EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
    EXPECT_THAT(status.message(), HasSubstr("set memory-swap: " + path));
    EXPECT_THAT(status.message(), HasSubstr("swapaccount=1"));
  }
}

TEST_F(ApplyTest, ControllerThatTheGroupLacksIsNamed) {
  spec_.set_cpuset_cpus("0");
  const absl::Status status = Apply(state_, spec_);
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_THAT(status.message(), HasSubstr("without controller cpuset"));
  EXPECT_EQ(fake_.Read("pids/c1/pids.max"), "");
}

TEST_F(ApplyTest, VanishedFileStopsAnUpdateBeforeItBegins) {
  fake_.Write("memory/c1/memory.limit_in_bytes", "1\n");
  Remove("pids/c1/pids.max");
  EXPECT_FALSE(Update(state_, spec_).ok());
  EXPECT_EQ(fake_.Read("memory/c1/memory.limit_in_bytes"), "1\n");
}

}  // namespace
}  // namespace cleat::cgroup
