#include "lib/runtime/supervisor.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "gtest/gtest.h"
#include "lib/runtime/container_fixture.h"
#include "lib/sys/file.h"

namespace cleat::runtime {
namespace {

// Of process 1: catches INT (2), ignores HUP (1), blocks USR1 (10).
constexpr char kStatus[] = R"(Name:	init
NSpid:	4711	1
SigBlk:	0000000000000200
SigIgn:	0000000000000001
SigCgt:	0000000000000002
)";

TEST(IsShieldedTest, DeadlySignalThatNothingAwaitsIsKeptFromProcessOne) {
  EXPECT_TRUE(IsShielded(kStatus, SIGTERM));
  EXPECT_TRUE(IsShielded(kStatus, SIGQUIT));
  EXPECT_TRUE(IsShielded(kStatus, SIGRTMIN));
}

TEST(IsShieldedTest, CaughtIgnoredBlockedAndHarmlessOnesAreNot) {
  for (const int signal : {SIGINT, SIGHUP, SIGUSR1, SIGCONT, SIGURG}) {
    EXPECT_FALSE(IsShielded(kStatus, signal)) << signal;
  }
}

TEST(IsShieldedTest, OtherProcessesAreNot) {
  EXPECT_FALSE(IsShielded("Name:\tx\nNSpid:\t4711\t11\n", SIGTERM));
  EXPECT_FALSE(IsShielded("Name:\tx\n", SIGTERM));
}

class SupervisorTest : public ContainerFixture {
 protected:
  // Runs a program that writes a line when it is ready, sends the signal to
  // this very process then, and returns how the container ended.
  absl::StatusOr<int> SignalWhenReady(const std::vector<std::string>& args,
                                      int signal) {
    int ends[2];
    EXPECT_EQ(pipe2(ends, O_CLOEXEC), 0);
    const sys::Fd read_end(ends[0]);
    const sys::Fd write_end(ends[1]);
    absl::StatusOr<Supervisor> supervisor = Supervisor::Make();
    if (!supervisor.ok()) return supervisor.status();
    absl::StatusOr<Container> container = CreateOne(args, write_end.get());
    if (!container.ok()) return container.status();
    const absl::Status started = container->Start();
    if (!started.ok()) return started;
    char line[16];
    EXPECT_GT(read(read_end.get(), line, sizeof(line)), 0);
    kill(getpid(), signal);
    return supervisor->Wait(*container);
  }
};

TEST_F(SupervisorTest, CaughtSignalIsPassedOn) {
  const std::string script =
      "trap 'exit 5' TERM; echo ready; while :; do sleep 1; done";
  EXPECT_EQ(*SignalWhenReady({"sh", "-c", script}, SIGTERM), 5);
}

// Not by a shell, which catches INT until it has become another program.
TEST_F(SupervisorTest, DeadlySignalThatIsNotCaughtEndsTheContainer) {
  EXPECT_EQ(*SignalWhenReady({"yes"}, SIGTERM), 128 + SIGTERM);
  EXPECT_EQ(*SignalWhenReady({"yes"}, SIGINT), 128 + SIGINT);
}

TEST_F(SupervisorTest, OldSignalMaskComesBack) {
  sigset_t before, after;
  sigprocmask(SIG_BLOCK, nullptr, &before);
  { ASSERT_TRUE(Supervisor::Make().ok()); }
  sigprocmask(SIG_BLOCK, nullptr, &after);
  EXPECT_EQ(sigismember(&before, SIGTERM), sigismember(&after, SIGTERM));
}

TEST_F(SupervisorTest, ContainerDiesWithItsParentKilled) {
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
  const sys::Fd read_end(ends[0]);
  sys::Fd write_end(ends[1]);
  const pid_t parent = fork();
  if (parent == 0) {
    absl::StatusOr<Container> container =
        CreateOne({"sh", "-c", "echo ready; exec sleep 1000"}, write_end.get());
    if (!container.ok() || !container->Start().ok()) _exit(1);
    write_end.Reset();
    pause();
  }
  write_end.Reset();
  char line[16];
  ASSERT_GT(read(read_end.get(), line, sizeof(line)), 0);
  ASSERT_EQ(kill(parent, SIGKILL), 0);
  // The container has the other end open until it is gone.
  EXPECT_EQ(read(read_end.get(), line, sizeof(line)), 0);
}

}  // namespace
}  // namespace cleat::runtime
