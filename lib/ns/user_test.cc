#include "lib/ns/user.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/ns/id_map.h"
#include "lib/procfs/id_map.h"
#include "lib/sys/capability.h"
#include "lib/sys/clone.h"
#include "lib/sys/file.h"
#include "lib/testing/namespaces.h"

namespace cleat::ns {
namespace {

using ::testing::IsEmpty;
using testing::Report;
using testing::RunInNamespaces;

constexpr uid_t kUser = 64123;

std::string Map(const char* file) {
  const absl::StatusOr<IdMap> map = procfs::ReadIdMap(file);
  return map.ok() ? FormatIdMap(*map) : std::string(map.status().message());
}

bool HasAllCapabilities() {
  return sys::EffectiveCapabilities() == sys::KnownCapabilities();
}

// Puts another file in the place of `path`, in this mount namespace.
bool Replace(const char* path, const std::string& content) {
  const std::string with = absl::StrCat("/tmp/cleat-user-test-", getpid());
  if (!sys::WriteFileAtomic(with, content).ok()) return false;
  const bool bound = mount(with.c_str(), path, nullptr, MS_BIND, nullptr) == 0;
  unlink(with.c_str());
  return bound;
}

// Makes of this process one of an ordinary user of no groups, who has the ids
// `ranges`, in the form of subuid(5).
bool BecomeUser(const std::string& ranges) {
  return Replace("/etc/passwd",
                 absl::StrCat("ann:x:", kUser, ":", kUser, "::/:/bin/sh\n")) &&
         Replace("/etc/subuid", ranges) && Replace("/etc/subgid", ranges) &&
         setgroups(0, nullptr) == 0 && setresgid(kUser, kUser, kUser) == 0 &&
         setresuid(kUser, kUser, kUser) == 0 &&
         prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == 0;
}

class EnterUserNamespaceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "needs root";
    const std::string missing =
        testing::NamespacesMissing(CLONE_NEWNS | CLONE_NEWUSER);
    if (!missing.empty()) GTEST_SKIP() << missing;
  }
};

TEST_F(EnterUserNamespaceTest, MapsRootToItself) {
  EXPECT_THAT(
      RunInNamespaces(CLONE_NEWNS,
                      [](Report& report) {
                        IdMaps maps;
                        maps.users = maps.groups = {{0, 0, 1}};
                        maps.setgroups = SetGroups::kDeny;
                        report.Check("enter", EnterUserNamespace(maps));
                        report.Check("map", Map("uid_map") == "0 0 1\n");
                        report.Check("root", geteuid() == 0);
                        report.Check("all", HasAllCapabilities());
                        report.Check("deny", setgroups(0, nullptr) != 0);
                      }),
      IsEmpty());
}

TEST_F(EnterUserNamespaceTest, MapsManyIdsAsRoot) {
  EXPECT_THAT(
      RunInNamespaces(CLONE_NEWNS,
                      [](Report& report) {
                        IdMaps maps;
                        maps.users = {{0, 100000, 10}, {10, 0, 1}};
                        maps.groups = {{0, 100000, 10}};
                        report.Check("enter",
                                     EnterUserNamespace(maps, CLONE_NEWUTS));
                        report.Check("user 10", geteuid() == 10);
                        report.Check("no group", getegid() == 65534);
                        report.Check("all", HasAllCapabilities());
                        report.Check("hostname", sethostname("inner", 5) == 0);
                        report.Check("becomes 0", setuid(0) == 0);
                        report.Check("setgroups", setgroups(0, nullptr) == 0);
                        report.Check("no child is left", wait(nullptr) == -1);
                      }),
      IsEmpty());
}

TEST_F(EnterUserNamespaceTest, WithoutMapsNobodyIsMapped) {
  EXPECT_THAT(RunInNamespaces(CLONE_NEWNS,
                              [](Report& report) {
                                report.Check("enter", EnterUserNamespace({}));
                                report.Check("no map", Map("uid_map").empty());
                                report.Check("nobody", geteuid() == 65534);
                                report.Check("all", HasAllCapabilities());
                              }),
              IsEmpty());
}

TEST_F(EnterUserNamespaceTest, RefusesAMapBeforeTheKernelDoes) {
  EXPECT_THAT(RunInNamespaces(
                  CLONE_NEWNS,
                  [](Report& report) {
                    IdMaps maps;
                    maps.users = {{0, 100000, 10}, {5, 7, 1}};
                    const absl::Status status = EnterUserNamespace(maps);
                    report.Check("refused", absl::IsInvalidArgument(status));
                    report.Check(
                        "says so",
                        absl::StrContains(status.message(), "overlap inside"));
                    report.Check("no child is left", wait(nullptr) == -1);
                  }),
              IsEmpty());
}

TEST_F(EnterUserNamespaceTest, MapsAnOrdinaryUsersOwnId) {
  EXPECT_THAT(RunInNamespaces(CLONE_NEWNS,
                              [](Report& report) {
                                report.Check("user", BecomeUser(""));
                                IdMaps maps;
                                maps.users = maps.groups = {{0, kUser, 1}};
                                maps.setgroups = SetGroups::kDeny;
                                report.Check("enter", EnterUserNamespace(maps));
                                report.Check("root", geteuid() == 0);
                                report.Check("root's", getegid() == 0);
                                report.Check("all", HasAllCapabilities());
                              }),
              IsEmpty());
}

// By the helpers, which are not there on every machine.
TEST_F(EnterUserNamespaceTest, MapsAnOrdinaryUsersSubordinateIds) {
  if (!sys::Exists("/usr/bin/newuidmap")) GTEST_SKIP() << "no newuidmap";
  EXPECT_THAT(
      RunInNamespaces(
          CLONE_NEWNS,
          [](Report& report) {
            report.Check("user",
                         BecomeUser(absl::StrCat(kUser, ":200000:65536\n")));
            IdMaps maps;
            maps.users = {{0, kUser, 1}, {1, 200000, 65536}};
            maps.groups = maps.users;
            report.Check("enter", EnterUserNamespace(maps, CLONE_NEWUTS));
            report.Check("root", geteuid() == 0 && getegid() == 0);
            report.Check("map",
                         Map("gid_map") ==
                             absl::StrCat("0 ", kUser, " 1\n1 200000 65536\n"));
            report.Check("hostname", sethostname("inner", 5) == 0);
            report.Check("becomes 9", setresuid(9, 9, 9) == 0);
          }),
      IsEmpty());
}

TEST_F(EnterUserNamespaceTest, SaysWhichIdsAUserMayNotMap) {
  if (!sys::Exists("/usr/bin/newuidmap")) GTEST_SKIP() << "no newuidmap";
  EXPECT_THAT(RunInNamespaces(
                  CLONE_NEWNS,
                  [](Report& report) {
                    report.Check("user", BecomeUser(""));
                    IdMaps maps;
                    maps.users = {{0, 200000, 5}};
                    const absl::Status status = EnterUserNamespace(maps);
                    report.Check("refused", absl::IsPermissionDenied(status));
                    report.Check("by whom", absl::StrContains(status.message(),
                                                              "newuidmap: "));
                    report.Check("cure", absl::StrContains(status.message(),
                                                           "/etc/subuid"));
                  }),
              IsEmpty());
}

TEST_F(EnterUserNamespaceTest, SaysThatTheHelperIsMissing) {
  EXPECT_THAT(RunInNamespaces(
                  CLONE_NEWNS,
                  [](Report& report) {
                    report.Check("user", BecomeUser(""));
                    setenv("PATH", "/nonexistent", 1);
                    IdMaps maps;
                    maps.users = {{0, 200000, 5}};
                    const absl::Status status = EnterUserNamespace(maps);
                    report.Check("missing", absl::IsNotFound(status));
                    report.Check("cure", absl::StrContains(status.message(),
                                                           "package uidmap"));
                  }),
              IsEmpty());
}

TEST_F(EnterUserNamespaceTest, AMapIsWrittenOnce) {
  EXPECT_THAT(RunInNamespaces(
                  CLONE_NEWNS,
                  [](Report& report) {
                    IdMaps maps;
                    maps.users = {{0, 0, 1}};
                    report.Check("enter", EnterUserNamespace(maps));
                    const absl::Status again = WriteOwnIdMaps(maps);
                    report.Check("again", absl::IsPermissionDenied(again));
                    report.Check("says so", absl::StrContains(again.message(),
                                                              "written once"));
                  }),
              IsEmpty());
}

TEST_F(EnterUserNamespaceTest, NoSetGroupsForOnesOwnGroup) {
  EXPECT_THAT(
      RunInNamespaces(
          CLONE_NEWNS,
          [](Report& report) {
            report.Check("user", BecomeUser(""));
            IdMaps maps;
            maps.groups = {{0, kUser, 1}};
            maps.setgroups = SetGroups::kAllow;
            const absl::Status status = EnterUserNamespace(maps);
            report.Check("refused", absl::IsInvalidArgument(status));
            maps.setgroups = SetGroups::kUnchanged;
            report.Check("denied instead", EnterUserNamespace(maps));
            report.Check(
                "deny",
                sys::ReadFile("/proc/self/setgroups").value_or("") == "deny\n");
          }),
      IsEmpty());
}

// A parent writes the maps of a child that waits.
TEST_F(EnterUserNamespaceTest, WritesAChildsMaps) {
  EXPECT_THAT(
      RunInNamespaces(
          CLONE_NEWNS,
          [](Report& report) {
            const auto child = sys::Clone({CLONE_NEWUSER, -1}, [] { pause(); });
            report.Check("clone", child.status());
            IdMaps maps;
            maps.users = maps.groups = {{0, 1000, 5}};
            report.Check("write", WriteIdMaps(child->pid, maps));
            const auto map =
                procfs::ReadIdMap("gid_map", "/proc", absl::StrCat(child->pid));
            report.Check("map", FormatIdMap(*map) == "0 1000 5\n");
            kill(child->pid, SIGKILL);
            waitpid(child->pid, nullptr, 0);
          }),
      IsEmpty());
}

// The limit counts namespaces in each user namespace, so a new one has its own.
TEST_F(EnterUserNamespaceTest, NamesTheSysctlThatForbidsIt) {
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
            report.Check(
                "sysctl",
                sys::WriteExisting("/proc/sys/user/max_user_namespaces", "0"));
            const absl::Status status = EnterUserNamespace(maps);
            report.Check("refused", !status.ok());
            report.Check("says so",
                         absl::StrContains(status.message(),
                                           "user.max_user_namespaces is 0"));
          }),
      IsEmpty());
}

}  // namespace
}  // namespace cleat::ns
