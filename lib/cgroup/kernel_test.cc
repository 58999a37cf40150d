#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/cgroup/apply.h"
#include "lib/cgroup/attach.h"
#include "lib/cgroup/create.h"
#include "lib/cgroup/machine.h"
#include "lib/cgroup/plan.h"
#include "lib/cgroup/processes.h"
#include "lib/cgroup/remove.h"
#include "lib/procfs/cgroup.h"
#include "lib/sys/child.h"
#include "lib/sys/clone.h"
#include "lib/sys/file.h"
#include "lib/sys/pidfd.h"

namespace cleat::cgroup {
namespace {

using ::testing::Each;
using ::testing::EndsWith;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr int64_t kMiB = 1 << 20;

// A group of its own for each test, gone with it.
class KernelTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "needs root";
    absl::StatusOr<Machine> machine = FindMachine();
    if (!machine.ok()) GTEST_SKIP() << machine.status();
    spec_.set_memory_max_bytes(64 * kMiB);
    spec_.set_pids_max(50);
    const std::string id = absl::StrCat("test-", getpid());
    absl::StatusOr<proto::CgroupState> state = Plan(*machine, id, spec_);
    if (absl::IsFailedPrecondition(state.status())) {
      GTEST_SKIP() << state.status();
    }
    ASSERT_TRUE(state.ok()) << state.status();
    state_ = *std::move(state);
    const absl::Status created = Create(state_);
    ASSERT_TRUE(created.ok()) << created;
  }

  void TearDown() override {
    const absl::Status removed = Remove(Directories());
    EXPECT_TRUE(removed.ok()) << removed;
    for (const std::string& path : Directories()) {
      EXPECT_FALSE(sys::Exists(path)) << path;
    }
  }

  std::vector<std::string> Directories() const {
    std::vector<std::string> paths;
    for (const auto& directory : state_.directories()) {
      paths.push_back(directory.path());
    }
    return paths;
  }

  // The group in the hierarchy of `controller`.
  std::string Directory(absl::string_view controller) const {
    for (const auto& directory : state_.directories()) {
      const auto& all = directory.controllers();
      if (std::find(all.begin(), all.end(), controller) != all.end()) {
        return directory.path();
      }
    }
    return "";
  }

  // The first of two names that is a file: v1's and v2's.
  int64_t Read(absl::string_view controller, absl::string_view v1,
               absl::string_view v2) const {
    const std::string directory = Directory(controller);
    absl::StatusOr<std::string> text =
        sys::ReadFile(absl::StrCat(directory, "/", v1));
    if (!text.ok()) text = sys::ReadFile(absl::StrCat(directory, "/", v2));
    EXPECT_TRUE(text.ok()) << text.status();
    return atoll(text.value_or("").c_str());
  }

  int64_t MemoryLimit() const {
    return Read("memory", "memory.limit_in_bytes", "memory.max");
  }

  // A process that runs `body` in the groups.
  sys::ChildProcess Start(absl::FunctionRef<void()> body) const {
    absl::StatusOr<AttachPlan> plan = PrepareAttach(state_);
    EXPECT_TRUE(plan.ok()) << plan.status();
    sys::CloneOptions options;
    options.cgroup = plan->unified.get();
    const sys::ChildReport report(STDERR_FILENO);
    absl::StatusOr<sys::ChildProcess> child = sys::Clone(options, [&] {
      AttachSelf(*plan, report);
      body();
    });
    EXPECT_TRUE(child.ok()) << child.status();
    return *std::move(child);
  }

  // Its exit status, or 128+N.
  int Run(absl::FunctionRef<void()> body) const {
    const sys::ChildProcess child = Start(body);
    return *sys::WaitForExit(child.pidfd.get());
  }

  // A process that waits for its end, seen in its groups.
  sys::ChildProcess StartSleeper() const {
    int ready[2];
    EXPECT_EQ(pipe2(ready, O_CLOEXEC), 0);
    sys::ChildProcess child = Start([&] {
      if (write(ready[1], "r", 1) != 1) _exit(1);
      while (true) pause();
    });
    char byte;
    EXPECT_EQ(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    close(ready[1]);
    return child;
  }

  proto::CgroupSpec spec_;
  proto::CgroupState state_;
};

TEST_F(KernelTest, ChildIsInEveryGroupFromItsStart) {
  const sys::ChildProcess child = StartSleeper();
  const absl::StatusOr<std::vector<procfs::CgroupMembership>> memberships =
      procfs::ReadCgroup("/proc", absl::StrCat(child.pid));
  ASSERT_TRUE(memberships.ok()) << memberships.status();
  EXPECT_THAT(*memberships, Each(Field(&procfs::CgroupMembership::path,
                                       EndsWith(state_.path()))));
  for (const std::string& directory : Directories()) {
    EXPECT_THAT(*Processes(directory), UnorderedElementsAre(child.pid));
  }
  EXPECT_TRUE(Remove(Directories()).ok());
  EXPECT_EQ(*sys::WaitForExit(child.pidfd.get()), 128 + SIGKILL);
}

TEST_F(KernelTest, NamespaceUnsharedInsideShowsTheGroupAsItsRoot) {
  EXPECT_EQ(Run([] {
              if (unshare(CLONE_NEWCGROUP) != 0) _exit(1);
              const auto memberships = procfs::ReadCgroup();
              for (const auto& membership : *memberships) {
                if (membership.path != "/") _exit(2);
              }
              _exit(0);
            }),
            0);
}

TEST_F(KernelTest, PidsLimitStopsAFork) {
  spec_.set_pids_max(2);
  ASSERT_TRUE(Apply(state_, spec_).ok());
  EXPECT_EQ(Run([] {
              const pid_t first = fork();
              if (first == 0) {
                while (true) pause();
              }
              const pid_t second = fork();
              const int error = errno;
              kill(first, SIGKILL);
              _exit(second < 0 && error == EAGAIN ? 0 : 1);
            }),
            0);
}

TEST_F(KernelTest, MemoryLimitKills) {
  spec_.set_memory_max_bytes(16 * kMiB);
  spec_.set_memory_swap_max_bytes(16 * kMiB);
  const absl::Status status = Apply(state_, spec_);
  if (absl::IsFailedPrecondition(status)) GTEST_SKIP() << status;
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(Run([] {
              void* memory = mmap(nullptr, 64 * kMiB, PROT_READ | PROT_WRITE,
                                  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
              memset(memory, 1, 64 * kMiB);
              _exit(0);
            }),
            128 + SIGKILL);
}

TEST_F(KernelTest, MemoryAndSwapRiseAndFallTogether) {
  for (const int64_t memory : {64, 256, 32, 512, 16}) {
    spec_.set_memory_max_bytes(memory * kMiB);
    const absl::Status status = Update(state_, spec_);
    ASSERT_TRUE(status.ok()) << status;
    EXPECT_EQ(MemoryLimit(), memory * kMiB);
  }
}

TEST_F(KernelTest, QuotaAndPeriodChangeTogether) {
  for (const auto& [quota, period] : std::vector<std::pair<int, int>>{
           {50000, 100000}, {1000, 1000}, {900000, 1000000}, {-1, 100000}}) {
    spec_.set_cpu_quota_us(quota);
    spec_.set_cpu_period_us(period);
    const absl::Status status = Update(state_, spec_);
    if (absl::IsFailedPrecondition(status)) GTEST_SKIP() << status;
    ASSERT_TRUE(status.ok()) << status;
  }
}

TEST_F(KernelTest, RefusedUpdateChangesNothing) {
  if (Directory("cpuset").empty()) GTEST_SKIP() << "no cpuset controller";
  ASSERT_TRUE(Apply(state_, spec_).ok());
  proto::CgroupSpec change = spec_;
  change.set_memory_max_bytes(128 * kMiB);
  change.set_pids_max(INT64_MAX);
  const absl::Status status = Update(state_, change);
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
  EXPECT_THAT(status.message(), HasSubstr("set pids-limit: write '"));
  EXPECT_EQ(MemoryLimit(), 64 * kMiB);
  EXPECT_EQ(Read("pids", "pids.max", "pids.max"), 50);
}

TEST_F(KernelTest, CpusThatAreNotThereAreRefusedWithThoseThatAre) {
  if (Directory("cpuset").empty()) GTEST_SKIP() << "no cpuset controller";
  spec_.set_cpuset_cpus("8191");
  const absl::Status status = Apply(state_, spec_);
  EXPECT_FALSE(status.ok());
  EXPECT_THAT(status.message(), HasSubstr("set cpuset-cpus: write '8191'"));
  EXPECT_THAT(status.message(), HasSubstr("(there are 0"));
}

TEST_F(KernelTest, KillReachesEveryProcess) {
  const sys::ChildProcess first = StartSleeper();
  const sys::ChildProcess second = StartSleeper();
  ASSERT_TRUE(Kill({Directories().front()}, SIGTERM).ok());
  EXPECT_EQ(*sys::WaitForExit(first.pidfd.get()), 128 + SIGTERM);
  EXPECT_EQ(*sys::WaitForExit(second.pidfd.get()), 128 + SIGTERM);
}

TEST_F(KernelTest, EachGroupAloneIsKilledAndRemovedWithThoseBelow) {
  for (const std::string& directory : Directories()) {
    ASSERT_TRUE(Create(state_).ok());
    ASSERT_TRUE(sys::MakeDirectories(directory + "/inner/most").ok());
    const sys::ChildProcess child = StartSleeper();
    const absl::Status removed = Remove({directory});
    EXPECT_TRUE(removed.ok()) << removed;
    EXPECT_FALSE(sys::Exists(directory));
    EXPECT_EQ(*sys::WaitForExit(child.pidfd.get()), 128 + SIGKILL);
  }
}

// A process that is always another one: it forks and its parent ends.
TEST_F(KernelTest, NobodyEscapesByForking) {
  std::vector<std::string> directories = Directories();
  if (!Directory("freezer").empty()) {
    directories.push_back(Directory("freezer"));
  }
  directories.erase(directories.begin(), directories.end() - 2);
  for (const std::string& directory : directories) {
    ASSERT_TRUE(Create(state_).ok());
    const sys::ChildProcess child = Start([] {
      while (fork() <= 0) {
      }
      _exit(0);
    });
    const absl::Status removed = Remove({directory});
    EXPECT_TRUE(removed.ok()) << removed;
    EXPECT_TRUE(sys::WaitForExit(child.pidfd.get()).ok());
    for (const std::string& other : Directories()) {
      EXPECT_THAT(*Processes(other), IsEmpty()) << other;
    }
  }
}

TEST_F(KernelTest, ContainersInParallelDoNotTakeEachOthersParent) {
  std::vector<sys::ChildProcess> children;
  for (int number = 0; number < 4; ++number) {
    proto::CgroupState state = state_;
    for (proto::CgroupDirectory& directory : *state.mutable_directories()) {
      directory.set_path(absl::StrCat(directory.base(), "/", "cleat-test-",
                                      getpid(), "-", number));
    }
    children.push_back(*sys::Clone({}, [&] {
      for (int round = 0; round < 25; ++round) {
        std::vector<std::string> paths;
        for (const auto& directory : state.directories()) {
          paths.push_back(directory.path());
        }
        if (!Create(state).ok() || !Apply(state, spec_).ok()) _exit(1);
        if (!Remove(paths).ok()) _exit(2);
      }
      _exit(0);
    }));
  }
  // The fixture's own group would hold the parent fast.
  EXPECT_TRUE(Remove(Directories()).ok());
  for (const sys::ChildProcess& child : children) {
    EXPECT_EQ(*sys::WaitForExit(child.pidfd.get()), 0);
  }
}

TEST_F(KernelTest, RemovingWhatIsAbsentSucceeds) {
  EXPECT_TRUE(Remove(Directories()).ok());
  EXPECT_TRUE(Remove(Directories()).ok());
  EXPECT_THAT(*Processes(Directories().front()), IsEmpty());
  EXPECT_TRUE(Kill(Directories(), SIGKILL).ok());
}

TEST_F(KernelTest, OnlyGroupsAreRemoved) {
  EXPECT_TRUE(absl::IsInvalidArgument(Remove({"/tmp"})));
  EXPECT_TRUE(absl::IsInvalidArgument(Remove({"cleat"})));
  EXPECT_TRUE(absl::IsInvalidArgument(Remove({state_.directories(0).base()})));
}

}  // namespace
}  // namespace cleat::cgroup
