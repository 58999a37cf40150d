// The kernel's own word on the programs: what it takes and how it decides.

#include <errno.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "absl/functional/function_ref.h"
#include "gtest/gtest.h"
#include "lib/seccomp/compile.h"
#include "lib/seccomp/default_profile.h"
#include "lib/seccomp/profile.h"
#include "lib/sys/seccomp.h"

namespace cleat::seccomp {
namespace {

using Program = std::vector<sock_filter>;

constexpr int kNotLoaded = 255;

// What `call` leaves in errno, 0 for success, in a process that the program
// filters; 128 and the signal that ended it.
int Filtered(const Program& program, absl::FunctionRef<long()> call) {
  const pid_t pid = fork();
  if (pid == 0) {
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        sys::LoadFilter(program, SECCOMP_FILTER_FLAG_SPEC_ALLOW) != 0) {
      _exit(kNotLoaded);
    }
    _exit(call() < 0 ? errno : 0);
  }
  int status = 0;
  EXPECT_EQ(waitpid(pid, &status, 0), pid);
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

Program DefaultOf(sys::CapabilitySet capabilities = 0) {
  absl::StatusOr<Program> program = DefaultProgram(capabilities);
  EXPECT_TRUE(program.ok()) << program.status();
  return *program;
}

Program Compiled(absl::string_view json) {
  const auto profile = ParseProfile(json);
  EXPECT_TRUE(profile.ok()) << profile.status();
  const auto filter = Resolve(*profile, *ThisMachine(0));
  EXPECT_TRUE(filter.ok()) << filter.status();
  absl::StatusOr<Program> program = Compile(*filter);
  EXPECT_TRUE(program.ok()) << program.status();
  return *program;
}

TEST(KernelTest, DefaultProfileRefusesAndLetsPass) {
  const Program program = DefaultOf();
  EXPECT_EQ(Filtered(program, [] { return syscall(SYS_getpid); }), 0);
  EXPECT_EQ(Filtered(program, [] { return unshare(CLONE_NEWUSER); }), EPERM);
  EXPECT_EQ(Filtered(program, [] { return syscall(SYS_keyctl, 0, 0); }), EPERM);
  EXPECT_EQ(Filtered(program, [] { return syscall(SYS_clone3, 0, 0); }),
            ENOSYS);
  EXPECT_EQ(Filtered(program, [] { return syscall(460, 0, 0); }), EPERM);
  EXPECT_EQ(Filtered(program, [] { return syscall(1000, 0, 0); }), ENOSYS);
}

TEST(KernelTest, DefaultProfileLooksAtArguments) {
  const Program program = DefaultOf();
  EXPECT_EQ(Filtered(program, [] { return socket(AF_UNIX, SOCK_STREAM, 0); }),
            0);
  EXPECT_EQ(Filtered(program, [] { return socket(AF_VSOCK, SOCK_STREAM, 0); }),
            EPERM);
  EXPECT_EQ(Filtered(program, [] { return socket(AF_ALG, SOCK_SEQPACKET, 0); }),
            EPERM);
  EXPECT_EQ(Filtered(program, [] { return personality(0xffffffff); }), 0);
  EXPECT_EQ(Filtered(program, [] { return personality(READ_IMPLIES_EXEC); }),
            EPERM);
}

TEST(KernelTest, CapabilitiesOpenTheirCalls) {
  const auto quota = [] { return syscall(SYS_quotactl, -1, 0, 0, 0); };
  EXPECT_EQ(Filtered(DefaultOf(), quota), EPERM);
  EXPECT_NE(Filtered(DefaultOf(uint64_t{1} << CAP_SYS_ADMIN), quota), EPERM);
}

TEST(KernelTest, ActionsAreTheKernels) {
  const auto with = [](const std::string& action) {
    return Compiled(R"({"defaultAction":"SCMP_ACT_ALLOW","syscalls":[
        {"names":["getppid"],"action":")" +
                    action + "\"}]}");
  };
  const auto call = [] { return syscall(SYS_getppid); };
  EXPECT_EQ(Filtered(with("SCMP_ACT_ERRNO\",\"errnoRet\":\"33"), call), 33);
  EXPECT_EQ(Filtered(with("SCMP_ACT_KILL_PROCESS"), call), 128 + SIGSYS);
  EXPECT_EQ(Filtered(with("SCMP_ACT_TRAP"), call), 128 + SIGSYS);
  EXPECT_EQ(Filtered(with("SCMP_ACT_LOG"), call), 0);
  EXPECT_EQ(Filtered(with("SCMP_ACT_TRACE"), call), ENOSYS);
}

TEST(KernelTest, LongProgramsAreTaken) {
  std::string calls;
  for (int i = 0; i < 500; ++i) {
    calls += R"({"names":["getppid"],"action":"SCMP_ACT_ERRNO","args":
        [{"index":0,"op":"SCMP_CMP_GT","value":)" +
             std::to_string(i) + "}]},";
  }
  calls.pop_back();
  const Program program = Compiled(
      R"({"defaultAction":"SCMP_ACT_ALLOW","syscalls":[)" + calls + "]}");
  EXPECT_GT(program.size(), 2000);
  EXPECT_EQ(Filtered(program, [] { return syscall(SYS_getppid, 1); }), EPERM);
  EXPECT_EQ(Filtered(program, [] { return syscall(SYS_getppid, 0); }), 0);
}

}  // namespace
}  // namespace cleat::seccomp
