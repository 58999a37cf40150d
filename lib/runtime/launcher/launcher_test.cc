#include "lib/runtime/launcher/launcher.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "lib/sys/child.h"
#include "lib/sys/file.h"

namespace cleat::runtime {
namespace {

class LauncherTest : public ::testing::Test {
 protected:
  void SetUp() override {
    absl::StatusOr<sys::Fd> launcher = OpenLauncher();
    ASSERT_TRUE(launcher.ok()) << launcher.status();
    launcher_ = std::move(*launcher);
    absl::StatusOr<sys::ReportPipe> report = sys::MakeReportPipe();
    ASSERT_TRUE(report.ok()) << report.status();
    report_ = std::move(*report);
  }

  // Runs a shell's script by the launcher, or `program` instead of the shell.
  // Its wait status.
  int Run(char mode, const std::string& script,
          const std::string& program = "/bin/sh") {
    const int ended = report_.child.get();
    std::string setting = absl::StrCat(
        kLaunchVariable, "=", std::string(1, mode), ",", ended, ",", program);
    const char* const argv[] = {"launcher", "--",           "sh",
                                "-c",       script.c_str(), nullptr};
    const char* const envp[] = {setting.c_str(), "A=b", nullptr};
    return Spawn(argv, envp);
  }

  int Spawn(const char* const* argv, const char* const* envp) {
    const pid_t pid = fork();
    if (pid == 0) {
      fcntl(report_.child.get(), F_SETFD, 0);
      syscall(SYS_execveat, launcher_.get(), "", argv, envp, AT_EMPTY_PATH);
      _exit(99);
    }
    report_.child.Reset();
    int status = 0;
    waitpid(pid, &status, 0);
    return WEXITSTATUS(status);
  }

  sys::Fd launcher_;
  sys::ReportPipe report_;
};

TEST_F(LauncherTest, NobodyCanWriteToIt) {
  EXPECT_LT(pwrite(launcher_.get(), "x", 1, 0), 0);
  EXPECT_NE(ftruncate(launcher_.get(), 0), 0);
}

TEST_F(LauncherTest, ProgramTakesItsPlace) {
  EXPECT_EQ(Run('x', "[ $A = b ] && [ -z \"$CLEAT_LAUNCH\" ] && exit 7"), 7);
  EXPECT_EQ(*sys::AwaitChild(report_.parent.get()), sys::ChildStage::kExecuted);
}

TEST_F(LauncherTest, ProgramThatIsNotThereIsReported) {
  EXPECT_EQ(Run('x', "", "/absent"), 127);
  const absl::Status status = sys::AwaitChild(report_.parent.get()).status();
  EXPECT_TRUE(status.GetPayload(sys::kExitStatusPayload).has_value()) << status;
}

TEST_F(LauncherTest, ProgramThatIsNoneIsReported) {
  EXPECT_EQ(Run('x', "", "/etc"), 126);
  EXPECT_TRUE(
      absl::IsPermissionDenied(sys::AwaitChild(report_.parent.get()).status()));
}

TEST_F(LauncherTest, FirstProcessEndsAsTheProgram) {
  EXPECT_EQ(Run('i', "exit 5"), 5);
}

TEST_F(LauncherTest, FirstProcessSaysWhichSignalEndedTheProgram) {
  EXPECT_EQ(Run('i', "kill -TERM $$"), 128 + SIGTERM);
}

TEST_F(LauncherTest, FirstProcessPassesSignalsOn) {
  EXPECT_EQ(Run('i',
                "trap 'exit 9' USR1; kill -USR1 $PPID; "
                "while :; do sleep 0.01; done"),
            9);
}

TEST_F(LauncherTest, FirstProcessReportsAProgramThatIsNotThere) {
  EXPECT_EQ(Run('i', "", "/absent"), 127);
  EXPECT_TRUE(absl::IsNotFound(sys::AwaitChild(report_.parent.get()).status()));
}

// A container may run it, but it does nothing.
TEST_F(LauncherTest, WithoutItsVariableItDoesNothing) {
  const char* const argv[] = {"launcher", "--", "/bin/sh", nullptr};
  for (const char* variable : {"A=b", "CLEAT_LAUNCH=", "CLEAT_LAUNCH=x",
                               "CLEAT_LAUNCH=x,", "CLEAT_LAUNCH=x,3"}) {
    const char* const envp[] = {variable, nullptr};
    EXPECT_EQ(Spawn(argv, envp), 126) << variable;
  }
  const char* const empty[] = {nullptr};
  EXPECT_EQ(Spawn(argv, empty), 126);
}

}  // namespace
}  // namespace cleat::runtime
