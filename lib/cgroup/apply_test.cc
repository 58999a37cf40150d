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
  for (const absl::Status& status :
       {Apply(state_, spec_), Update(state_, spec_)}) {
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

TEST_F(ApplyTest, BestEffortWarnsOfWhatIsMissing) {
  Remove("pids/c1/pids.max");
  spec_.set_cpuset_cpus("0");
  spec_.set_best_effort(true);
  Warnings warnings;
  ASSERT_TRUE(Update(state_, spec_, &warnings).ok());
  EXPECT_THAT(warnings,
              ::testing::ElementsAre(HasSubstr("without controller cpuset"),
                                     HasSubstr("pids.max does not exist")));
  EXPECT_EQ(fake_.Read("memory/c1/memory.limit_in_bytes"), "67108864");
}

TEST_F(ApplyTest, FailureAfterwardsBringsBackWhatWas) {
  fake_.Write("memory/c1/memory.limit_in_bytes", "1\n");
  fake_.Write("memory/c1/memory.memsw.limit_in_bytes", "2\n");
  fake_.Write("pids/c1/pids.max", "max\n");
  const absl::Status status = Update(state_, spec_, nullptr, [&] {
    EXPECT_EQ(fake_.Read("pids/c1/pids.max").substr(0, 2), "50");
    return absl::AbortedError("no");
  });
  EXPECT_EQ(status, absl::AbortedError("no"));
  EXPECT_EQ(fake_.Read("memory/c1/memory.limit_in_bytes").substr(0, 2), "1\n");
  EXPECT_EQ(fake_.Read("pids/c1/pids.max").substr(0, 4), "max\n");
}

// A line of its device, and the kernel's own word where there was none.
TEST_F(ApplyTest, DevicesLineIsBroughtBack) {
  fake_.AddGroup("blkio/c1", {"blkio.throttle.read_bps_device",
                              "blkio.throttle.write_bps_device"});
  fake_.Write("blkio/c1/blkio.throttle.read_bps_device", "8:0 5\n7:0 6\n");
  proto::CgroupState state;
  state.add_directories()->add_controllers("blkio");
  state.mutable_directories(0)->set_path(fake_.Path("blkio/c1"));
  proto::CgroupSpec spec;
  spec.add_device_read_bps("7:0:1k");
  spec.add_device_write_bps("7:0:2k");
  EXPECT_FALSE(Update(state, spec, nullptr, [&] {
                 EXPECT_EQ(
                     fake_.Read("blkio/c1/blkio.throttle.write_bps_device"),
                     "7:0 2048");
                 return absl::AbortedError("no");
               }).ok());
  EXPECT_THAT(fake_.Read("blkio/c1/blkio.throttle.read_bps_device"),
              HasSubstr("7:0 6"));
  EXPECT_THAT(fake_.Read("blkio/c1/blkio.throttle.write_bps_device"),
              HasSubstr("7:0 0"));
}

TEST_F(ApplyTest, RefusedLineNamesTheFlag) {
  fake_.AddGroup("c2", {});
  ASSERT_EQ(symlink("/dev/full", fake_.Path("c2/io.max").c_str()), 0);
  proto::CgroupState state;
  state.add_directories()->add_controllers("io");
  state.mutable_directories(0)->set_unified(true);
  state.mutable_directories(0)->set_path(fake_.Path("c2"));
  proto::CgroupSpec spec;
  spec.add_device_read_bps("7:0:1k");
  const absl::Status status = Apply(state, spec);
  EXPECT_THAT(status.message(), HasSubstr("set device-read-bps: write"));
}

TEST_F(ApplyTest, FirstOfTwoFilesThatIsThereIsWritten) {
  fake_.AddGroup("c2", {"io.weight"});
  proto::CgroupState state;
  state.add_directories()->add_controllers("io");
  state.mutable_directories(0)->set_unified(true);
  state.mutable_directories(0)->set_path(fake_.Path("c2"));
  proto::CgroupSpec spec;
  spec.set_blkio_weight(500);
  ASSERT_TRUE(Apply(state, spec).ok());
  EXPECT_EQ(fake_.Read("c2/io.weight"), "default 4950");
  fake_.AddGroup("c2", {"io.bfq.weight"});
  ASSERT_TRUE(Apply(state, spec).ok());
  EXPECT_EQ(fake_.Read("c2/io.bfq.weight"), "default 500");
}

// As files do, this one keeps what is written to it.
TEST_F(ApplyTest, KernelMemoryIsReadAgain) {
  fake_.AddGroup("memory/c1", {"memory.kmem.limit_in_bytes"});
  proto::CgroupSpec spec;
  spec.set_kernel_memory_bytes(8 << 20);
  EXPECT_TRUE(Apply(state_, spec).ok());
  const std::string path = Remove("memory/c1/memory.kmem.limit_in_bytes");
  ASSERT_EQ(symlink("/dev/null", path.c_str()), 0);
  const absl::Status status = Apply(state_, spec);
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_THAT(status.message(), HasSubstr("kernel memory counts as memory"));
}

}  // namespace
}  // namespace cleat::cgroup
