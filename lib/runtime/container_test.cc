#include "lib/runtime/container.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/runtime/container_fixture.h"
#include "lib/runtime/init.h"
#include "lib/sys/child.h"
#include "lib/sys/file.h"
#include "lib/sys/interrupt.h"

namespace cleat::runtime {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

using ContainerTest = ContainerFixture;

std::vector<std::string> Lines(const std::string& text) {
  return absl::StrSplit(text, '\n', absl::SkipEmpty());
}

TEST_F(ContainerTest, ProgramIsProcessOneOfItsOwnNamespaces) {
  EXPECT_EQ(Shell("echo $$; hostname; ls -d /proc/[0-9]*"),
            "1\n0123456789ab\n/proc/1\n");
}

TEST_F(ContainerTest, ExitStatusIsPassedOn) {
  EXPECT_EQ(*Run({"sh", "-c", "exit 7"}), 7);
  EXPECT_EQ(*Run({"true"}), 0);
}

TEST_F(ContainerTest, OnlyTheStandardDescriptorsAreOpen) {
  const sys::Fd inherited(open("/", O_RDONLY));  // Not CLOEXEC: a caller's.
  // The fourth is that of ls on the directory itself.
  EXPECT_EQ(Shell("ls /proc/self/fd"), "0\n1\n2\n3\n");
}

TEST_F(ContainerTest, CapabilitiesAreDockers) {
  ASSERT_EQ(*Run({"cat", "/proc/self/status"}), 0);
  const std::string status = output_;
  EXPECT_THAT(status, HasSubstr("CapInh:\t0000000000000000"));
  EXPECT_THAT(status, HasSubstr("CapPrm:\t00000000a80425fb"));
  EXPECT_THAT(status, HasSubstr("CapEff:\t00000000a80425fb"));
  EXPECT_THAT(status, HasSubstr("CapBnd:\t00000000a80425fb"));
  EXPECT_THAT(status, HasSubstr("CapAmb:\t0000000000000000"));
  EXPECT_THAT(status, HasSubstr("NoNewPrivs:\t0"));
  EXPECT_THAT(status, HasSubstr("Seccomp:\t2"));
  EXPECT_THAT(status, HasSubstr("Seccomp_filters:\t1"));
  EXPECT_THAT(status, HasSubstr("SigBlk:\t0000000000000000"));
  EXPECT_THAT(status, HasSubstr("SigIgn:\t0000000000000000"));
}

TEST_F(ContainerTest, OtherUserHasNoCapabilityLeft) {
  sources_.process.set_user("1000:1000");
  const std::string status = Shell("cat /proc/self/status");
  EXPECT_THAT(status, HasSubstr("Uid:\t1000\t1000\t1000\t1000"));
  EXPECT_THAT(status, HasSubstr("Gid:\t1000\t1000\t1000\t1000"));
  EXPECT_THAT(status, HasSubstr("Groups:\t1000 \n"));
  EXPECT_THAT(status, HasSubstr("CapEff:\t0000000000000000"));
}

TEST_F(ContainerTest, FurtherGroupsAreThoseOfTheUserAndThoseAskedFor) {
  ASSERT_TRUE(
      sys::WriteFileAtomic(Image("etc/group"), "wheel:x:10:\n", 0644).ok());
  sources_.process.set_user("1000:1000");
  sources_.process.add_group_add("wheel");
  sources_.process.add_group_add("77");
  EXPECT_THAT(Shell("cat /proc/self/status"),
              HasSubstr("Groups:\t10 77 1000 \n"));
}

// Even what is done between the filter and the program's first call is not
// asked of a profile, but for execve(2).
TEST_F(ContainerTest, ProfileNeedLetPassNothingButTheExec) {
  edit_ = [](proto::oci::Spec& spec) {
    proto::oci::Seccomp& profile = *spec.mutable_linux()->mutable_seccomp();
    profile.Clear();
    profile.set_default_action("SCMP_ACT_KILL_PROCESS");
    proto::oci::SeccompSyscall& call = *profile.add_syscalls();
    call.add_names("execve");
    call.set_action("SCMP_ACT_ALLOW");
  };
  EXPECT_EQ(*Run({"true"}), 128 + SIGSYS);
}

TEST_F(ContainerTest, FilterHoldsWithAndWithoutNoNewPrivileges) {
  for (const bool set : {false, true}) {
    sources_.process.clear_security_opt();
    if (set) sources_.process.add_security_opt("no-new-privileges");
    for (const char* user : {"0", "1000"}) {
      sources_.process.set_user(user);
      const std::string status = Shell("cat /proc/self/status");
      EXPECT_THAT(status, HasSubstr("Seccomp:\t2")) << set << user;
      EXPECT_THAT(status, Not(HasSubstr("CapEff:\t000000000020")));
    }
  }
}

TEST_F(ContainerTest, LimitAboveTheCallersIsExplained) {
  sources_.process.add_ulimit("nofile=4000000000");
  const absl::Status status = Run({"true"}).status();
  EXPECT_THAT(std::string(status.message()), HasSubstr("RLIMIT_NOFILE"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("CAP_SYS_RESOURCE"));
}

TEST_F(ContainerTest, MountsAreTheSpecsAndNothingOfTheHosts) {
  std::vector<std::string> points;
  for (const std::string& line : Lines(Shell("cat /proc/self/mounts"))) {
    points.push_back(std::vector<std::string>(absl::StrSplit(line, ' '))[1]);
  }
  EXPECT_EQ(points.front(), "/");
  for (const char* point : {"/proc", "/dev", "/dev/pts", "/sys", "/dev/shm",
                            "/dev/mqueue", "/sys/fs/cgroup", "/proc/sys"}) {
    EXPECT_THAT(points, Contains(point));
  }
  for (const std::string& point : points) {
    EXPECT_TRUE(point == "/" || absl::StartsWith(point, "/proc") ||
                absl::StartsWith(point, "/dev") ||
                absl::StartsWith(point, "/sys"))
        << point;
  }
}

TEST_F(ContainerTest, DevicesAreTheDefaultOnes) {
  EXPECT_EQ(Shell("cd /dev; ls"),
            "fd\nfull\nmqueue\nnull\nptmx\npts\nrandom\nshm\nstderr\n"
            "stdin\nstdout\ntty\nurandom\nzero\n");
  EXPECT_EQ(Shell("echo lost > /dev/null; ls -l /dev/null | cut -c1-10"),
            "crw-rw-rw-\n");
}

TEST_F(ContainerTest, MaskedPathsAreEmptyAndReadOnlyOnesRefuseWriting) {
  EXPECT_EQ(Shell("cat /proc/keys /proc/timer_list | wc -c"), "0\n");
  EXPECT_EQ(Shell("ls -A /sys/firmware | wc -l"), "0\n");
  EXPECT_EQ(Shell("(echo 1 > /proc/sys/kernel/panic) 2>/dev/null || echo no"),
            "no\n");
  EXPECT_EQ(Shell("(echo c > /proc/sysrq-trigger) 2>/dev/null || echo no"),
            "no\n");
  EXPECT_EQ(Shell("mkdir /sys/fs/cgroup/x 2>/dev/null || echo no"), "no\n");
}

// The image has files where procfs would have those that are written to, and
// links to what would be written instead (CVE-2019-16884, CVE-2025-52881).
void LeaveOutProc(proto::oci::Spec& spec) {
  auto& mounts = *spec.mutable_mounts();
  for (int i = mounts.size() - 1; i >= 0; --i) {
    if (mounts[i].destination() == "/proc") mounts.DeleteSubrange(i, 1);
  }
  spec.mutable_linux()->clear_masked_paths();
  spec.mutable_linux()->clear_readonly_paths();
  spec.mutable_linux()->clear_sysctl();
}

TEST_F(ContainerTest, NoSysctlIsWrittenToWhatIsNotProcfs) {
  const std::string file = "proc/sys/net/ipv4/ip_forward";
  ASSERT_TRUE(sys::MakeDirectories(Image("proc/sys/net/ipv4")).ok());
  ASSERT_TRUE(sys::WriteFileAtomic(Image("kept"), "kept", 0644).ok());
  ASSERT_EQ(symlink("/kept", Image(file).c_str()), 0);
  edit_ = [](proto::oci::Spec& spec) {
    LeaveOutProc(spec);
    (*spec.mutable_linux()->mutable_sysctl())["net.ipv4.ip_forward"] = "1";
  };
  const absl::Status status = Run({"true"}).status();
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("/proc/sys/net/ipv4/ip_forward: not procfs"));
  EXPECT_FALSE(sys::Exists(Upper("kept")));
}

TEST_F(ContainerTest, NoAttributeOfAProcessIsWrittenToWhatIsNotProcfs) {
  ASSERT_TRUE(sys::MakeDirectories(Image("proc/self")).ok());
  ASSERT_TRUE(sys::WriteFileAtomic(Image("kept"), "kept", 0644).ok());
  ASSERT_EQ(symlink("/kept", Image("proc/self/oom_score_adj").c_str()), 0);
  sources_.process.set_oom_score_adj(500);
  edit_ = LeaveOutProc;
  const absl::Status status = Run({"true"}).status();
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("/proc/self/oom_score_adj: not procfs"));
  EXPECT_FALSE(sys::Exists(Upper("kept")));
}

TEST_F(ContainerTest, LoopbackIsUpAndLowPortsAreFree) {
  EXPECT_THAT(Shell("ip addr show lo"), HasSubstr("127.0.0.1/8"));
  EXPECT_EQ(Shell("cat /proc/sys/net/ipv4/ip_unprivileged_port_start"), "0\n");
  EXPECT_EQ(Lines(Shell("ls /sys/class/net")).front(), "lo");
}

TEST_F(ContainerTest, WritesReachTheUpperDirectoryOnly) {
  Shell("echo content > /file");
  EXPECT_EQ(*sys::ReadFile(Upper("file")), "content\n");
  EXPECT_FALSE(sys::Exists(Image("file")));
}

TEST_F(ContainerTest, ReadOnlyRootRefusesWriting) {
  sources_.rootfs.set_read_only(true);
  EXPECT_EQ(Shell("(echo x > /file) 2>/dev/null || echo no"), "no\n");
}

TEST_F(ContainerTest, MissingWorkingDirectoryIsMade) {
  sources_.process.set_workdir("/a/b/c");
  EXPECT_EQ(Shell("pwd"), "/a/b/c\n");
}

TEST_F(ContainerTest, ProgramNotFoundIs127AndUnfitIs126) {
  const auto exit_status = [](const absl::Status& status) {
    const auto payload = status.GetPayload(sys::kExitStatusPayload);
    return payload ? std::string(*payload) : "";
  };
  const absl::Status missing = Run({"absent"}).status();
  EXPECT_EQ(exit_status(missing), "127") << missing;
  EXPECT_THAT(std::string(missing.message()), HasSubstr("absent"));
  EXPECT_EQ(exit_status(Run({"/etc"}).status()), "126");
  ASSERT_TRUE(sys::WriteFileAtomic(Image("bin/text"), "text", 0755).ok());
  EXPECT_EQ(exit_status(Run({"text"}).status()), "126");
  ASSERT_TRUE(sys::WriteFileAtomic(Image("bin/plain"), "x", 0644).ok());
  EXPECT_EQ(exit_status(Run({"plain"}).status()), "126");
}

TEST_F(ContainerTest, MissingInterpreterIsToldFromAMissingProgram) {
  ASSERT_TRUE(
      sys::WriteFileAtomic(Image("bin/script"), "#!/bin/absent\n", 0755).ok());
  const auto message = [this](const char* program) {
    return std::string(Run({program}).status().message());
  };
  EXPECT_THAT(message("/bin/script"), HasSubstr("interpreter"));
  EXPECT_THAT(message("/bin/absent"), HasSubstr("No such file"));
  EXPECT_THAT(message("absent"), HasSubstr("PATH"));
}

TEST_F(ContainerTest, StepThatFailedIsNamed) {
  edit_ = [](proto::oci::Spec& spec) {
    spec.add_mounts()->set_destination("/mnt");
    spec.mutable_mounts()->rbegin()->set_type("nosuchfs");
  };
  const absl::Status status = Run({"true"}).status();
  EXPECT_THAT(std::string(status.message()), HasSubstr("mount type nosuchfs"));
  EXPECT_FALSE(status.GetPayload(sys::kExitStatusPayload));
}

// An image whose directories are links to the host's, or to one another.
TEST_F(ContainerTest, LinkedDevLeadsNowhereOutside) {
  const std::string outside = directory_ + "/outside";
  ASSERT_TRUE(sys::MakeDirectories(outside).ok());
  ASSERT_EQ(symlink("../outside", Image("dev").c_str()), 0);
  Run({"true"}).status().IgnoreError();
  EXPECT_THAT(*sys::ListDirectory(outside), ElementsAre());
}

TEST_F(ContainerTest, DevThatIsALinkWithinTheRootIsMountedThere) {
  ASSERT_TRUE(sys::MakeDirectories(Image("real")).ok());
  ASSERT_EQ(symlink("/real", Image("dev").c_str()), 0);
  EXPECT_THAT(Lines(Shell("ls /real")), Contains("null"));
}

TEST_F(ContainerTest, LinkedProcAndSysAreRefused) {
  ASSERT_TRUE(sys::MakeDirectories(Image("elsewhere")).ok());
  for (const char* name : {"proc", "sys"}) {
    ASSERT_EQ(symlink("/elsewhere", Image(name).c_str()), 0);
    const absl::Status status = Run({"true"}).status();
    EXPECT_THAT(std::string(status.message()), HasSubstr(name));
    ASSERT_EQ(unlink(Image(name).c_str()), 0);
  }
}

TEST_F(ContainerTest, LinkedPasswdOfTheHostIsNotRead) {
  ASSERT_EQ(
      symlink("/../../../../../../etc/passwd", Image("etc/passwd").c_str()), 0);
  sources_.process.set_user("daemon");
  EXPECT_FALSE(Run({"true"}).ok());
}

TEST_F(ContainerTest, HostsOwnBinaryIsNotRunThroughProcfs) {
  ASSERT_EQ(symlink("/proc/self/exe", Image("bin/link").c_str()), 0);
  ASSERT_TRUE(
      sys::WriteFileAtomic(Image("bin/script"), "#! /proc/self/exe\n", 0755)
          .ok());
  ASSERT_TRUE(
      sys::WriteFileAtomic(Image("bin/nested"), "#!/bin/script -x\n", 0755)
          .ok());
  for (const char* program : {"/proc/self/exe", "link", "script", "nested"}) {
    EXPECT_FALSE(Run({program}).ok()) << program;
  }
}

TEST_F(ContainerTest, ScriptsRun) {
  ASSERT_TRUE(sys::WriteFileAtomic(Image("bin/script"),
                                   "#!/bin/sh -e\necho \"$0 $1\"\n", 0755)
                  .ok());
  EXPECT_EQ(*Run({"script", "argument"}), 0);
  EXPECT_EQ(output_, "/bin/script argument\n");
}

TEST_F(ContainerTest, WorkingDirectoryThroughADescriptorIsRefused) {
  sources_.process.set_workdir("/proc/self/fd/3");
  EXPECT_FALSE(Run({"true"}).ok());
}

TEST_F(ContainerTest, KilledContainerEndsWith128AndTheSignal) {
  absl::StatusOr<Container> container = CreateOne({"sleep", "1000"});
  ASSERT_TRUE(container.ok()) << container.status();
  ASSERT_TRUE(container->Start().ok());
  ASSERT_TRUE(container->Kill(SIGKILL).ok());
  EXPECT_EQ(*container->Wait(), 128 + SIGKILL);
}

TEST_F(ContainerTest, CreatedContainerWaitsToBeStarted) {
  absl::StatusOr<Container> container =
      CreateOne({"sh", "-c", "echo ran > /ran"});
  ASSERT_TRUE(container.ok()) << container.status();
  ASSERT_TRUE(container->AwaitCreated().ok());
  EXPECT_FALSE(sys::Exists(Upper("ran")));
  ASSERT_TRUE(container->Start().ok());
  EXPECT_EQ(*container->Wait(), 0);
  EXPECT_TRUE(sys::Exists(Upper("ran")));
}

TEST_F(ContainerTest, DeletingACreatedContainerLeavesNoProcess) {
  absl::StatusOr<Container> container = CreateOne({"true"});
  ASSERT_TRUE(container.ok()) << container.status();
  const pid_t pid = container->pid();
  ASSERT_TRUE(container->Delete().ok());
  EXPECT_NE(kill(pid, 0), 0);
  EXPECT_TRUE(container->Delete().ok());
}

// A child that says nothing, as one that a hostile container has stopped.
int StartStopped() {
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_BLOCK, &all, nullptr);
  sys::CatchInterrupts();
  raise(SIGTERM);
  absl::StatusOr<Container> container =
      CloneProcess(0, Resources(), -1, [](const InitFds&) { raise(SIGSTOP); });
  if (!container.ok()) return 2;
  const bool cancelled = absl::IsCancelled(container->Start());
  return cancelled && kill(container->pid(), 0) != 0 ? 0 : 1;
}

TEST_F(ContainerTest, StartOfAStoppedProcessCanBeInterrupted) {
  const pid_t pid = fork();
  if (pid == 0) _exit(StartStopped());
  int status = -1;
  ASSERT_EQ(waitpid(pid, &status, 0), pid);
  EXPECT_EQ(status, 0);
}

TEST_F(ContainerTest, KeyringIsNotTheCallers) {
  // /proc/keys is masked; the session's serial number is asked for instead.
  edit_ = [](proto::oci::Spec& spec) {
    spec.mutable_linux()->clear_masked_paths();
  };
  const std::string keys = Shell("cat /proc/keys");
  EXPECT_THAT(Lines(keys), Contains(HasSubstr("_ses")));
}

}  // namespace
}  // namespace cleat::runtime
