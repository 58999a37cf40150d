#include "lib/journal/instance.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/journal/process.h"
#include "lib/journal/select.h"
#include "lib/sys/file.h"
#include "lib/sys/remove_tree.h"

namespace cleat::journal {
namespace {

using ::testing::HasSubstr;

class InstanceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    root_ = ::testing::TempDir() + "/instance_test";
    ASSERT_TRUE(sys::RemoveTree(root_).ok());
    ASSERT_TRUE(sys::MakeDirectories(root_, 0700).ok());
  }
  void TearDown() override { EXPECT_TRUE(sys::RemoveTree(root_).ok()); }

  static proto::Step DirectoryStep(const std::string& path) {
    proto::Step step;
    step.set_tool("test");
    step.set_directory(path);
    return step;
  }

  std::string root_;
};

TEST_F(InstanceTest, StepsAreReadBackInOrder) {
  Instance instance = *Instance::Create(root_, "web", {{"a", "b"}});
  ASSERT_TRUE(instance.Record(DirectoryStep("/one")).ok());
  ASSERT_TRUE(instance.Record(DirectoryStep("/two")).ok());
  Instance same = *Instance::Open(root_, instance.id());
  EXPECT_EQ(same.name(), "web");
  EXPECT_EQ(same.labels().at("a"), "b");
  EXPECT_TRUE(same.from_this_boot());
  ASSERT_EQ(same.Steps()->size(), 2);
  EXPECT_EQ(same.Steps()->at(1).directory(), "/two");
  ASSERT_TRUE(same.Truncate(1).ok());
  EXPECT_EQ(same.Steps()->size(), 1);
}

TEST_F(InstanceTest, HalfWrittenLastLineIsIgnored) {
  Instance instance = *Instance::Create(root_, "", {});
  ASSERT_TRUE(instance.Record(DirectoryStep("/one")).ok());
  const sys::Fd journal =
      *sys::Open(instance.directory() + "/journal", O_WRONLY | O_APPEND);
  ASSERT_TRUE(sys::WriteAll(journal.get(), "{\"tool\":\"x", "journal").ok());
  EXPECT_EQ(instance.Steps()->size(), 1);
}

TEST_F(InstanceTest, NameIsTakenUntilItsContainerIsForgotten) {
  const Instance first = *Instance::Create(root_, "web", {});
  const absl::Status taken = Instance::Create(root_, "web", {}).status();
  EXPECT_TRUE(absl::IsAlreadyExists(taken));
  EXPECT_THAT(std::string(taken.message()), HasSubstr("unwind --id=web"));
  EXPECT_EQ(List(root_)->size(), 1);  // the refused one left nothing
  ASSERT_TRUE(first.Forget().ok());
  EXPECT_TRUE(Instance::Create(root_, "web", {}).ok());
}

TEST_F(InstanceTest, NameLeftByACrashIsTakenOver) {
  ASSERT_TRUE(sys::MakeDirectories(root_ + "/names").ok());
  ASSERT_EQ(
      symlink(std::string(64, 'a').c_str(), (root_ + "/names/web").c_str()), 0);
  EXPECT_TRUE(Instance::Create(root_, "web", {}).ok());
}

TEST_F(InstanceTest, BadNamesAreRefused) {
  for (const char* name : {"../x", ".x", "-x", "a b", "a/b"}) {
    EXPECT_TRUE(
        absl::IsInvalidArgument(Instance::Create(root_, name, {}).status()))
        << name;
  }
}

TEST_F(InstanceTest, ReferencesAreNamesIdsAndTheirBeginnings) {
  const Instance web = *Instance::Create(root_, "web", {});
  EXPECT_EQ(*Resolve(root_, "web"), web.id());
  EXPECT_EQ(*Resolve(root_, web.id()), web.id());
  EXPECT_EQ(*Resolve(root_, web.id().substr(0, 12)), web.id());
  EXPECT_TRUE(absl::IsNotFound(Resolve(root_, web.id().substr(0, 7)).status()));
  EXPECT_TRUE(absl::IsNotFound(Resolve(root_, "other").status()));
  EXPECT_TRUE(absl::IsNotFound(Resolve(root_, "").status()));
  EXPECT_TRUE(absl::IsNotFound(Resolve(root_, "../../etc").status()));
}

TEST_F(InstanceTest, GoneInstanceIsNotFound) {
  Instance instance = *Instance::Create(root_, "", {});
  ASSERT_TRUE(instance.Forget().ok());
  EXPECT_TRUE(instance.Forget().ok());
  EXPECT_TRUE(absl::IsNotFound(Instance::Open(root_, instance.id()).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(Instance::Open(root_, "..").status()));
}

TEST_F(InstanceTest, ClaimsEndWithTheirProcesses) {
  const Instance mine = *Instance::Create(root_, "", {});
  EXPECT_TRUE(*mine.Claimed());
  const pid_t child = fork();
  if (child == 0) {
    const bool created = Instance::Create(root_, "theirs", {}).ok();
    _exit(created ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_EQ(status, 0);
  const Instance theirs =
      std::move(SelectByReference(root_, {"theirs"})->front());
  EXPECT_FALSE(*theirs.Claimed());
  // Unclaimed, but for less than a minute: no orphan yet.
  EXPECT_TRUE(SelectOrphans(root_)->empty());
}

TEST_F(InstanceTest, OrphansAreOpenUnclaimedAndOld) {
  Instance instance = *Instance::Create(root_, "", {});
  const std::string journal = instance.directory() + "/journal";
  JournalContents contents = *ParseJournal(*sys::ReadFile(journal), "journal");
  contents.claims.at(0).set_start_time(1);
  const struct timespec old[2] = {{1, 0}, {1, 0}};
  ASSERT_TRUE(sys::WriteFileAtomic(journal, FormatJournal(contents)).ok());
  EXPECT_TRUE(SelectOrphans(root_)->empty());  // of this minute
  ASSERT_EQ(utimensat(AT_FDCWD, journal.c_str(), old, 0), 0);
  EXPECT_EQ(SelectOrphans(root_)->size(), 1);
  contents.kept = true;
  ASSERT_TRUE(sys::WriteFileAtomic(journal, FormatJournal(contents)).ok());
  ASSERT_EQ(utimensat(AT_FDCWD, journal.c_str(), old, 0), 0);
  EXPECT_TRUE(SelectOrphans(root_)->empty());
}

TEST_F(InstanceTest, LastDocumentIsKept) {
  Instance instance = *Instance::Create(root_, "", {});
  EXPECT_TRUE(absl::IsNotFound(instance.ReadDocument().status()));
  ASSERT_TRUE(instance.WriteDocument("{\"version\":1}").ok());
  ASSERT_TRUE(instance.WriteDocument("{\"version\":1,\"id\":\"x\"}").ok());
  EXPECT_EQ(*instance.ReadDocument(), "{\"version\":1,\"id\":\"x\"}");
  EXPECT_FALSE(*instance.Kept());
  ASSERT_TRUE(instance.Keep().ok());
  EXPECT_TRUE(*instance.Kept());
}

TEST_F(InstanceTest, WhatDoesNotFitOnTheDiskDamagesNothing) {
  Instance instance = *Instance::Create(root_, "", {});
  struct stat info;
  ASSERT_EQ(stat((instance.directory() + "/journal").c_str(), &info), 0);
  struct rlimit old;
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &old), 0);
  const struct rlimit full = {static_cast<rlim_t>(info.st_size) + 10,
                              old.rlim_max};
  signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &full), 0);
  EXPECT_FALSE(instance.WriteDocument("{\"version\":1}").ok());
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &old), 0);
  ASSERT_TRUE(instance.Keep().ok());
  EXPECT_TRUE(instance.Kept().value_or(false));
}

TEST_F(InstanceTest, LabelsSelect) {
  const Instance front = *Instance::Create(root_, "", {{"tier", "front"}});
  const Instance back = *Instance::Create(root_, "", {{"tier", "back"}});
  EXPECT_EQ(SelectByLabels(root_, {"tier"})->size(), 2);
  EXPECT_EQ(SelectByLabels(root_, {"tier=back"})->front().id(), back.id());
  EXPECT_TRUE(SelectByLabels(root_, {"tier=back", "x"})->empty());
}

TEST(StateRootTest, DirectoryThatOthersCanWriteToIsRefused) {
  const std::string root = ::testing::TempDir() + "/state_root_test";
  ASSERT_TRUE(sys::RemoveTree(root).ok());
  setenv("CLEAT_RUN", root.c_str(), 1);
  EXPECT_EQ(*StateRoot(), root);
  ASSERT_EQ(chmod(root.c_str(), 0777), 0);
  EXPECT_TRUE(absl::IsPermissionDenied(StateRoot().status()));
  unsetenv("CLEAT_RUN");
  ASSERT_TRUE(sys::RemoveTree(root).ok());
}

TEST(ProcessTest, ProcessIsKnownByItsStartTime) {
  proto::ProcessId self = ThisProcess();
  EXPECT_TRUE(IsAlive(self));
  EXPECT_TRUE(OpenProcess(self).ok());
  self.set_start_time(self.start_time() + 1);
  EXPECT_FALSE(IsAlive(self));
  EXPECT_TRUE(absl::IsNotFound(OpenProcess(self).status()));
  EXPECT_TRUE(EndProcess(self, 0).ok());  // and so is not killed
}

TEST(ProcessTest, EndedProcessIsKilledWhenItIgnoresTerm) {
  const pid_t child = fork();
  if (child == 0) {
    signal(SIGTERM, SIG_IGN);
    while (true) pause();
  }
  const proto::ProcessId process = *IdentifyProcess(child);
  EXPECT_TRUE(EndProcess(process, 20000).ok());
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status));
  EXPECT_TRUE(EndProcess(process, 0).ok());
}

}  // namespace
}  // namespace cleat::journal
