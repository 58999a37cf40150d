#include "lib/runtime/binds.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstddef>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/sys/clone.h"
#include "lib/sys/file.h"
#include "lib/sys/pidfd.h"
#include "lib/sys/remove_tree.h"

namespace cleat::runtime {
namespace {

using ::testing::HasSubstr;

class BindsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "binding needs root";
    source_ = absl::StrCat(::testing::TempDir(), "/binds.", getpid());
    ASSERT_TRUE(sys::MakeDirectories(source_).ok());
    ASSERT_TRUE(sys::WriteFileAtomic(source_ + "/file", "x").ok());
  }
  void TearDown() override {
    if (source_.empty()) return;
    EXPECT_TRUE(sys::RemoveTree(source_).ok());
  }

  Plan PlanOf(const std::string& source, const std::string& destination,
              const std::vector<std::string>& options) {
    Plan plan;
    MountPlan mount;
    mount.source = source;
    mount.destination = destination;
    mount.options = *mount::ParseOptions(options);
    plan.mounts.push_back(mount);
    return plan;
  }

  std::string source_;
};

TEST_F(BindsTest, SourceIsBoundWithItsOptionsAndAttachedNowhere) {
  Plan plan = PlanOf(source_, "/x", {"rbind", "rprivate", "ro", "nosuid"});
  const auto trees = OpenBinds(&plan);
  ASSERT_TRUE(trees.ok()) << trees.status();
  ASSERT_EQ(plan.mounts[0].tree, (*trees)[0].get());
  EXPECT_FALSE(plan.mounts[0].is_file);
  struct statvfs info;
  ASSERT_EQ(fstatvfs(plan.mounts[0].tree, &info), 0);
  EXPECT_EQ(info.f_flag & (ST_RDONLY | ST_NOSUID), ST_RDONLY | ST_NOSUID);
  EXPECT_LT(openat(plan.mounts[0].tree, "new", O_CREAT | O_CLOEXEC, 0600), 0);
  EXPECT_EQ(errno, EROFS);
}

TEST_F(BindsTest, FileIsToldFromADirectory) {
  Plan plan = PlanOf(source_ + "/file", "/x", {"bind"});
  ASSERT_TRUE(OpenBinds(&plan).ok());
  EXPECT_TRUE(plan.mounts[0].is_file);
}

TEST_F(BindsTest, WrongSourceIsNamed) {
  Plan plan = PlanOf(source_ + "/absent", "/x", {"bind"});
  EXPECT_THAT(std::string(OpenBinds(&plan).status().message()),
              HasSubstr("/absent"));
  plan = PlanOf(source_, "/proc", {"bind"});
  EXPECT_THAT(std::string(OpenBinds(&plan).status().message()),
              HasSubstr("only procfs"));
}

// As a kernel before 5.12.
void ForbidMountSetattr() {
  struct sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mount_setattr, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const struct sock_fprog program = {4, code};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
      prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) {
    _exit(100);
  }
}

// Attaches a bind with options set by path, and says what came of it.
int AttachByPath(const MountPlan& mount, const char* target) {
  ForbidMountSetattr();
  if (unshare(CLONE_NEWNS) != 0 ||
      ::mount("", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
    return 101;
  }
  const int source = open(mount.source.c_str(), O_PATH | O_CLOEXEC);
  const int tree = CloneBind(source, mount);
  if (tree < 0) return 102;
  if (SetBindOptions(tree, mount.options) == 0 || errno != ENOSYS) return 103;
  if (move_mount(tree, "", AT_FDCWD, target, MOVE_MOUNT_F_EMPTY_PATH) != 0) {
    return 104;
  }
  if (SetBindOptionsByPath(tree, mount.options) != 0) return 105;
  struct statvfs info;
  if (fstatvfs(tree, &info) != 0) return 106;
  const unsigned long wanted = ST_RDONLY | ST_NOEXEC;
  return (info.f_flag & wanted) == wanted ? 0 : 107;
}

TEST_F(BindsTest, OlderKernelSetsOptionsByPath) {
  const Plan plan = PlanOf(source_, "/x", {"bind", "private", "ro", "noexec"});
  const auto child = sys::Clone(
      {}, [&] { _exit(AttachByPath(plan.mounts[0], source_.c_str())); });
  ASSERT_TRUE(child.ok()) << child.status();
  EXPECT_EQ(*sys::WaitForExit(child->pidfd.get()), 0);
}

TEST_F(BindsTest, OlderKernelCannotDoSoRecursively) {
  const Plan plan = PlanOf(source_, "/x", {"rbind", "rro"});
  const auto child = sys::Clone(
      {}, [&] { _exit(AttachByPath(plan.mounts[0], source_.c_str())); });
  ASSERT_TRUE(child.ok()) << child.status();
  EXPECT_EQ(*sys::WaitForExit(child->pidfd.get()), 105);
}

}  // namespace
}  // namespace cleat::runtime
