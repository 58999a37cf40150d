#include "lib/cgroup/freeze.h"

#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <new>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "lib/cgroup/attach.h"
#include "lib/cgroup/create.h"
#include "lib/cgroup/machine.h"
#include "lib/cgroup/plan.h"
#include "lib/cgroup/remove.h"
#include "lib/sys/child.h"
#include "lib/sys/clone.h"
#include "lib/sys/file.h"
#include "lib/sys/pidfd.h"
#include "lib/testing/scoped_temp_dir.h"

namespace cleat::cgroup {
namespace {

// Groups of the test's own, with a process in them that counts.
class FreezeTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "needs root";
    absl::StatusOr<Machine> machine = FindMachine();
    if (!machine.ok()) GTEST_SKIP() << machine.status();
    state_ = *Plan(*machine, absl::StrCat("freeze-", getpid()), {});
    const absl::Status created = Create(state_);
    if (!created.ok()) GTEST_SKIP() << created;
    if (!FreezableGroup(state_).ok()) GTEST_SKIP() << "no group can be frozen";
    void* const memory =
        mmap(nullptr, sizeof(*counter_), PROT_READ | PROT_WRITE,
             MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ASSERT_NE(memory, MAP_FAILED);
    counter_ = new (memory) std::atomic<uint64_t>(0);
    Start();
  }

  void TearDown() override {
    std::vector<std::string> directories;
    for (const auto& it : state_.directories())
      directories.push_back(it.path());
    const absl::Status removed = Remove(directories);
    EXPECT_TRUE(removed.ok()) << removed;
    if (child_.pidfd.valid()) {
      EXPECT_EQ(*sys::WaitForExit(child_.pidfd.get()), 128 + SIGKILL);
    }
    if (counter_ != nullptr) munmap(counter_, sizeof(*counter_));
  }

  void Start() {
    const AttachPlan plan = *PrepareAttach(state_);
    sys::CloneOptions options;
    options.cgroup = plan.unified.get();
    const sys::ChildReport report(STDERR_FILENO);
    child_ = *sys::Clone(options, [&] {
      AttachSelf(plan, report);
      while (true) counter_->fetch_add(1);
    });
    AwaitCount();
  }

  // Returns when the process runs; the test ends by its time limit if not.
  void AwaitCount() const {
    const uint64_t before = counter_->load();
    while (counter_->load() == before) usleep(1000);
  }

  // Not at all while this process has run on.
  bool Counts() const {
    const uint64_t before = counter_->load();
    for (int i = 0; i < 20; ++i) usleep(1000);
    return counter_->load() != before;
  }

  // Each of the container's groups that can be frozen, v1's as well.
  std::vector<std::string> Freezable() const {
    std::vector<std::string> groups;
    for (const auto& it : state_.directories()) {
      proto::CgroupState one;
      *one.add_directories() = it;
      if (FreezableGroup(one).ok()) groups.push_back(it.path());
    }
    return groups;
  }

  proto::CgroupState state_;
  sys::ChildProcess child_;
  std::atomic<uint64_t>* counter_ = nullptr;
};

TEST_F(FreezeTest, FrozenProcessesDoNotRunUntilThawed) {
  for (const std::string& group : Freezable()) {
    SCOPED_TRACE(group);
    EXPECT_FALSE(*IsFrozen(group));
    const absl::Status frozen = Freeze(group);
    ASSERT_TRUE(frozen.ok()) << frozen;
    EXPECT_TRUE(*IsFrozen(group));
    EXPECT_FALSE(Counts());
    EXPECT_TRUE(Freeze(group).ok());
    const absl::Status thawed = Thaw(group);
    ASSERT_TRUE(thawed.ok()) << thawed;
    EXPECT_FALSE(*IsFrozen(group));
    AwaitCount();
    EXPECT_TRUE(Thaw(group).ok());
  }
}

TEST_F(FreezeTest, FrozenGroupCanBeRemoved) {
  const absl::Status frozen = Freeze(*FreezableGroup(state_));
  ASSERT_TRUE(frozen.ok()) << frozen;
}

TEST(FreezableGroupTest, NoneSaysWhatWouldHelp) {
  EXPECT_TRUE(absl::IsFailedPrecondition(FreezableGroup({}).status()));
  const testing::ScopedTempDir directory;
  proto::CgroupState state;
  state.add_directories()->set_path(directory.path());
  const absl::StatusOr<std::string> group = FreezableGroup(state);
  EXPECT_TRUE(absl::IsFailedPrecondition(group.status())) << group.status();
}

TEST(FreezableGroupTest, UnifiedOneComesBeforeTheFreezer) {
  const testing::ScopedTempDir directory;
  directory.Write("v1/freezer.state", "THAWED\n");
  directory.Write("v2/cgroup.freeze", "0\n");
  proto::CgroupState state;
  for (const char* name : {"v1", "v2"}) {
    state.add_directories()->set_path(directory.Path(name));
  }
  EXPECT_EQ(*FreezableGroup(state), directory.Path("v2"));
}

// Groups as files: nothing is ever done.
TEST(FreezeFilesTest, WhatDoesNotStopInTimeIsSaid) {
  testing::ScopedTempDir dir;
  // A file keeps what is behind the new word.
  dir.Write("v1/freezer.state", "FREEZING\n");
  const auto begun = BeginFreeze(dir.Path("v1"), absl::ZeroDuration());
  ASSERT_TRUE(begun.ok()) << begun.status();
  EXPECT_FALSE(*begun);
  EXPECT_EQ(dir.Read("v1/freezer.state"), "FROZENNG\n");
  dir.Write("v2/cgroup.freeze", "0\n");
  dir.Write("v2/cgroup.events", "populated 1\nfrozen 0\n");
  const absl::Status status = Freeze(dir.Path("v2"), absl::ZeroDuration());
  EXPECT_TRUE(absl::IsDeadlineExceeded(status)) << status;
  // It goes on.
  EXPECT_EQ(dir.Read("v2/cgroup.freeze"), "0\n");
  dir.Write("v2/cgroup.events", "populated 1\nfrozen 1\n");
  EXPECT_TRUE(Freeze(dir.Path("v2"), absl::ZeroDuration()).ok());
  const absl::Status thawed = Thaw(dir.Path("v2"), absl::ZeroDuration());
  EXPECT_TRUE(absl::IsDeadlineExceeded(thawed)) << thawed;
}

TEST(FreezeFilesTest, WhatVanishesIsNamed) {
  testing::ScopedTempDir dir;
  dir.Write("v2/cgroup.freeze", "0\n");
  const absl::Status status = Freeze(dir.Path("v2"), absl::ZeroDuration());
  EXPECT_TRUE(absl::IsNotFound(status)) << status;
  EXPECT_NE(status.message().find("v2/cgroup.events"), std::string::npos);
  EXPECT_TRUE(absl::IsNotFound(Freeze(dir.Path("no"), absl::ZeroDuration())));
  EXPECT_TRUE(absl::IsNotFound(IsFrozen(dir.Path("no")).status()));
}

}  // namespace
}  // namespace cleat::cgroup
