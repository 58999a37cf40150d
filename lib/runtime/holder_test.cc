#include "lib/runtime/holder.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "absl/strings/cord.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/log/reader.h"
#include "lib/runtime/container_fixture.h"
#include "lib/runtime/exit_file.h"
#include "lib/sys/child.h"
#include "lib/sys/file.h"
#include "lib/sys/pidfd.h"

namespace cleat::runtime {
namespace {

class HolderTest : public ContainerFixture {
 protected:
  absl::StatusOr<Detached> Start(const std::vector<std::string>& args,
                                 const absl::Status& recorded = {}) {
    Resources resources;
    absl::StatusOr<proto::oci::Spec> spec = Prepare(args, &resources);
    if (!spec.ok()) return spec.status();
    return Detach(*spec, std::move(resources),
                  {directory_, {}, [&](pid_t holder) {
                     holder_ = holder;
                     return recorded;
                   }});
  }

  // Waits for the holder, which is this process's child here.
  proto::ProcessState End() {
    EXPECT_EQ(waitpid(holder_, nullptr, 0), holder_);
    const absl::StatusOr<proto::ProcessState> state = ReadExit(directory_);
    EXPECT_TRUE(state.ok()) << state.status();
    return state.ok() ? *state : proto::ProcessState();
  }

  std::string Link(const std::string& name) {
    char target[256] = {};
    EXPECT_GT(readlink(absl::StrCat("/proc/", holder_, "/", name).c_str(),
                       target, sizeof(target) - 1),
              0);
    return target;
  }

  pid_t holder_ = -1;
};

TEST_F(HolderTest, OutputAndExitStatusAreKept) {
  const absl::StatusOr<Detached> detached =
      Start({"sh", "-c", "echo out; echo err >&2; printf rest; exit 3"});
  ASSERT_TRUE(detached.ok()) << detached.status();
  EXPECT_EQ(detached->holder, holder_);
  const proto::ProcessState state = End();
  EXPECT_EQ(state.exit_status(), 3);
  EXPECT_EQ(state.status(), "stopped");
  EXPECT_EQ(state.started_at(), detached->started_at);
  std::string out, err;
  ASSERT_TRUE(
      log::Replay(directory_ + "/log", {}, [&](const log::Entry& entry) {
        (entry.stream == log::Stream::kStdout ? out : err) += entry.text;
        return absl::OkStatus();
      }).ok());
  EXPECT_EQ(out, "out\nrest");
  EXPECT_EQ(err, "err\n");
}

TEST_F(HolderTest, HolderKeepsNothingOfTheCallers) {
  const sys::Fd inherited(open(directory_.c_str(), O_RDONLY));
  ASSERT_TRUE(Start({"sleep", "1000"}).ok());
  EXPECT_EQ(Link("cwd"), "/");
  const std::vector<std::string> fds =
      *sys::ListDirectory(absl::StrCat("/proc/", holder_, "/fd"));
  for (const std::string& fd : fds) {
    const std::string target = Link("fd/" + fd);
    EXPECT_TRUE(target == "/dev/null" || absl::EndsWith(target, "/log") ||
                absl::StartsWith(target, "pipe:") ||
                absl::StartsWith(target, "anon_inode:"))
        << fd << " " << target;
  }
  kill(holder_, SIGTERM);
  EXPECT_EQ(End().exit_status(), 128 + SIGTERM);
}

TEST_F(HolderTest, FailedStartIsReportedAndLeavesNoProcess) {
  const absl::Status status = Start({"absent"}).status();
  const auto payload = status.GetPayload(sys::kExitStatusPayload);
  ASSERT_TRUE(payload) << status;
  EXPECT_EQ(*payload, "127");
  EXPECT_NE(kill(holder_, 0), 0);
  EXPECT_TRUE(absl::IsNotFound(ReadExit(directory_).status()));
}

TEST_F(HolderTest, NothingIsMadeWhenItCannotBeRecorded) {
  const absl::Status status =
      Start({"sh", "-c", "echo ran > /ran"}, absl::DataLossError("full"))
          .status();
  EXPECT_TRUE(absl::IsDataLoss(status)) << status;
  EXPECT_NE(kill(holder_, 0), 0);
  EXPECT_FALSE(sys::Exists(Upper("ran")));
}

TEST_F(HolderTest, ContainerDiesWithItsHolder) {
  const absl::StatusOr<Detached> detached = Start({"sleep", "1000"});
  ASSERT_TRUE(detached.ok()) << detached.status();
  const absl::StatusOr<sys::Fd> init = sys::OpenPidfd(detached->init);
  ASSERT_TRUE(init.ok()) << init.status();
  kill(holder_, SIGKILL);
  EXPECT_TRUE(*sys::PollForExit(init->get(), -1));
  waitpid(holder_, nullptr, 0);
}

}  // namespace
}  // namespace cleat::runtime
