#include "lib/ns/unshare.h"

#include <errno.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/ns/kinds.h"
#include "lib/ns/user.h"
#include "lib/sys/file.h"
#include "lib/testing/namespaces.h"

namespace cleat::ns {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::Report;
using testing::RunInNamespaces;

std::string Message(uint64_t flags, int error) {
  return std::string(CreationError(flags, error).message());
}

TEST(CreationErrorTest, NamesTheKindsAndTheReason) {
  EXPECT_THAT(Message(CLONE_NEWNET | CLONE_NEWNS, EPERM),
              HasSubstr("unshare failed: net, mount: Operation not permitted "
                        "(CAP_SYS_ADMIN is needed"));
  EXPECT_EQ(Message(CLONE_NEWUTS, ENOMEM),
            "unshare failed: uts: Cannot allocate memory");
  EXPECT_TRUE(absl::IsPermissionDenied(CreationError(CLONE_NEWIPC, EPERM)));
}

TEST(CreationErrorTest, SaysWhereLimitsAre) {
  EXPECT_THAT(Message(CLONE_NEWPID, ENOSPC),
              HasSubstr("/proc/sys/user/max_*_namespaces is reached"));
  EXPECT_THAT(Message(CLONE_NEWUSER, EUSERS), HasSubstr("32 deep"));
}

TEST(UnshareTest, NothingIsNoError) { EXPECT_TRUE(Unshare(0).ok()); }

// The limits count in each user namespace, so a new one has its own.
TEST(UnshareTest, NamesTheSysctlThatForbidsAKind) {
  const std::string missing =
      testing::NamespacesMissing(CLONE_NEWNS | CLONE_NEWPID);
  if (!missing.empty()) GTEST_SKIP() << missing;
  EXPECT_THAT(
      RunInNamespaces(
          CLONE_NEWNS | CLONE_NEWPID,
          [](Report& report) {
            report.Check("proc",
                         mount("proc", "/proc", "proc", 0, nullptr) == 0);
            IdMaps maps;
            maps.users = maps.groups = {{0, 0, 1}};
            maps.setgroups = SetGroups::kDeny;
            report.Check("enter", EnterUserNamespace(maps));
            for (const Kind& kind : kKinds) {
              const std::string name =
                  absl::StrCat("max_", kind.file, "_namespaces");
              report.Check(name,
                           sys::WriteExisting(
                               absl::StrCat("/proc/sys/user/", name), "0"));
              const absl::Status status = Unshare(kind.flag);
              report.Check(absl::StrCat(kind.name, " is refused"),
                           !status.ok());
              report.Check(
                  absl::StrCat(kind.name, " is named"),
                  absl::StrContains(status.message(),
                                    absl::StrCat("sysctl user.", name)));
            }
          }),
      IsEmpty());
}

// Which has no /proc either.
TEST(UnshareTest, SaysThatAChrootIsInTheWay) {
  const std::string missing = testing::NamespacesMissing(CLONE_NEWNS);
  if (!missing.empty()) GTEST_SKIP() << missing;
  EXPECT_THAT(RunInNamespaces(
                  CLONE_NEWNS,
                  [](Report& report) {
                    report.Check("chroot", chroot("/usr") == 0);
                    const absl::Status status = Unshare(CLONE_NEWUSER);
                    report.Check("refused", absl::IsPermissionDenied(status));
                    report.Check("says so", absl::StrContains(status.message(),
                                                              "in a chroot"));
                  }),
              IsEmpty());
}

TEST(UnshareTest, SaysThatTheCallerHasNoId) {
  const std::string missing = testing::NamespacesMissing(CLONE_NEWUSER);
  if (!missing.empty()) GTEST_SKIP() << missing;
  EXPECT_THAT(RunInNamespaces(
                  0,
                  [](Report& report) {
                    report.Check("enter a namespace without ids",
                                 unshare(CLONE_NEWUSER) == 0);
                    const absl::Status status = Unshare(CLONE_NEWUSER);
                    report.Check("refused", absl::IsPermissionDenied(status));
                    report.Check("says so",
                                 absl::StrContains(status.message(),
                                                   "/proc/self/uid_map"));
                  }),
              IsEmpty());
}

// Every call of unshare(2) is refused, as containers' profiles do.
bool ForbidUnshare() {
  struct sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_unshare, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
  const struct sock_fprog filter = {4, code};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

TEST(UnshareTest, SaysThatAFilterIsInTheWay) {
  EXPECT_THAT(RunInNamespaces(
                  0,
                  [](Report& report) {
                    report.Check("filter", ForbidUnshare());
                    const absl::Status status = Unshare(CLONE_NEWUSER);
                    report.Check("refused", absl::IsPermissionDenied(status));
                    report.Check("says what helps",
                                 absl::StrContains(status.message(),
                                                   "seccomp=unconfined"));
                  }),
              IsEmpty());
}

}  // namespace
}  // namespace cleat::ns
