#include "lib/runtime/join.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/runtime/container_fixture.h"
#include "lib/sys/child.h"
#include "lib/sys/file.h"

namespace cleat::runtime {
namespace {

using ::testing::HasSubstr;

class JoinTest : public ContainerFixture {
 protected:
  void SetUp() override {
    ContainerFixture::SetUp();
    if (IsSkipped()) return;
    absl::StatusOr<Container> container = CreateOne({"sleep", "1000"});
    ASSERT_TRUE(container.ok()) << container.status();
    const absl::Status started = container->Start();
    ASSERT_TRUE(started.ok()) << started;
    container_ = std::make_unique<Container>(std::move(*container));
  }
  void TearDown() override {
    if (container_ != nullptr) {
      EXPECT_TRUE(container_->Delete().ok());
    }
    ContainerFixture::TearDown();
  }

  // Joins in a process of its own, for joining changes its caller, and
  // returns what the program wrote; what went wrong, as text.
  std::string Joined(const std::vector<std::string>& args) {
    int ends[2];
    EXPECT_EQ(pipe2(ends, O_CLOEXEC), 0);
    const sys::Fd read_end(ends[0]);
    sys::Fd write_end(ends[1]);
    const pid_t pid = fork();
    if (pid == 0) _exit(JoinAndWait(args, write_end.get()));
    write_end.Reset();
    const std::string output = *sys::ReadAll(read_end.get(), 1 << 20, "output");
    int status = 0;
    waitpid(pid, &status, 0);
    exit_status_ = WEXITSTATUS(status);
    return output;
  }

  int JoinAndWait(const std::vector<std::string>& args, int output) {
    sources_.process.clear_args();
    for (const std::string& arg : args) sources_.process.add_args(arg);
    sys::Fd root = *OpenRootOf(container_->pid());
    absl::StatusOr<proto::oci::Spec> spec = BuildSpec(sources_, root.get());
    Resources resources;
    resources.root = std::move(root);
    resources.standard[1] = output;
    absl::StatusOr<Container> joined =
        Join(container_->pidfd(), *spec, resources);
    const absl::Status started =
        joined.ok() ? joined->Start() : joined.status();
    if (started.ok()) return *joined->Wait();
    sys::WriteAll(output, started.message(), "output").IgnoreError();
    return 125;
  }

  std::unique_ptr<Container> container_;
  int exit_status_ = -1;
};

TEST_F(JoinTest, ProgramIsInAllOfTheContainersNamespaces) {
  EXPECT_EQ(Joined({"sh", "-c", "hostname; ls -d /proc/[0-9]*"}),
            "0123456789ab\n/proc/1\n/proc/2\n");
  for (const char* kind : {"mnt", "uts", "ipc", "net", "cgroup", "pid"}) {
    const std::string link = absl::StrCat("ns/", kind);
    char target[64] = {};
    ASSERT_GT(
        readlink(absl::StrCat("/proc/", container_->pid(), "/", link).c_str(),
                 target, sizeof(target) - 1),
        0);
    EXPECT_EQ(Joined({"sh", "-c", "readlink /proc/self/" + link}),
              absl::StrCat(target, "\n"));
  }
}

TEST_F(JoinTest, ProgramHasTheContainersRightsAndNoMore) {
  const std::string status = Joined({"cat", "/proc/self/status"});
  EXPECT_THAT(status, HasSubstr("CapEff:\t00000000a80425fb"));
  EXPECT_THAT(status, HasSubstr("CapBnd:\t00000000a80425fb"));
  EXPECT_THAT(status, HasSubstr("NoNewPrivs:\t0"));
  EXPECT_THAT(status, HasSubstr("Seccomp:\t2"));
}

TEST_F(JoinTest, OnlyTheStandardDescriptorsAreOpen) {
  EXPECT_EQ(Joined({"ls", "/proc/self/fd"}), "0\n1\n2\n3\n");
}

TEST_F(JoinTest, ExitStatusIsPassedOn) {
  Joined({"sh", "-c", "exit 9"});
  EXPECT_EQ(exit_status_, 9);
}

TEST_F(JoinTest, MissingProgramIsReported) {
  EXPECT_THAT(Joined({"absent"}), HasSubstr("run absent"));
}

TEST_F(JoinTest, WorkingDirectoryLeadsNowhereOutside) {
  sources_.process.set_workdir("/proc/self/fd/3");
  EXPECT_THAT(Joined({"true"}), HasSubstr("working directory"));
  sources_.process.set_workdir("/../../..");
  EXPECT_EQ(Joined({"sh", "-c", "pwd"}), "/\n");
}

// A container with a user namespace of its own, whose ids are the host's.
class MappedJoinTest : public JoinTest {
 protected:
  void SetUp() override {
    edit_ = [](proto::oci::Spec& spec) {
      proto::oci::Linux& parts = *spec.mutable_linux();
      parts.clear_sysctl();  // of all groups, of which this has fewer
      parts.add_namespaces()->set_type("user");
      for (proto::oci::IdMapping* map :
           {parts.add_uid_mappings(), parts.add_gid_mappings()}) {
        map->set_container_id(0);
        map->set_host_id(0);
        map->set_size(65536);
      }
    };
    JoinTest::SetUp();
  }

  // The errno of a look at the executable of one that joins, by who has all
  // rights over the container's user namespace, as its root may. The one that
  // joins waits, long before it runs a program, for room in a pipe.
  int LookAtJoining() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return -1;
    while (write(ends[1], "", 1) == 1) {
    }
    fcntl(ends[1], F_SETFL, 0);
    Resources resources;
    resources.root = *OpenRootOf(container_->pid());
    resources.cgroup_tasks = {ends[1]};
    sources_.process.add_args("true");
    absl::StatusOr<proto::oci::Spec> spec =
        BuildSpec(sources_, resources.root.get());
    absl::StatusOr<Container> joining =
        Join(container_->pidfd(), *spec, resources);
    if (!joining.ok()) return -1;
    char target[64];
    const std::string exe = absl::StrCat("/proc/", joining->pid(), "/exe");
    const int error =
        readlink(exe.c_str(), target, sizeof(target)) < 0 ? errno : 0;
    joining->Delete().IgnoreError();
    return error;
  }
};

TEST_F(MappedJoinTest, WhatJoinsCannotBeLookedInto) {
  const pid_t pid = fork();
  if (pid == 0) _exit(LookAtJoining());
  int status = 0;
  waitpid(pid, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), EACCES);
}

}  // namespace
}  // namespace cleat::runtime
