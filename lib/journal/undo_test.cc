#include "lib/journal/undo.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/journal/process.h"
#include "lib/sys/file.h"
#include "lib/sys/remove_tree.h"

namespace cleat::journal {
namespace {

class UndoTest : public ::testing::Test {
 protected:
  void SetUp() override {
    root_ = ::testing::TempDir() + "/undo_test";
    ASSERT_TRUE(sys::RemoveTree(root_).ok());
    ASSERT_TRUE(sys::MakeDirectories(root_, 0700).ok());
  }
  void TearDown() override { EXPECT_TRUE(sys::RemoveTree(root_).ok()); }

  static proto::Step FileStep(const std::string& path) {
    proto::Step step;
    step.set_file(path);
    return step;
  }
  static proto::Step DirectoryStep(const std::string& path) {
    proto::Step step;
    step.set_directory(path);
    return step;
  }

  std::string root_;
};

TEST_F(UndoTest, UnwindUndoesEverythingAndForgets) {
  Instance instance = *Instance::Create(root_, "web", {});
  const std::string tree = root_ + "/tree";
  ASSERT_TRUE(instance.Record(DirectoryStep(tree)).ok());
  ASSERT_TRUE(sys::MakeDirectories(tree + "/below").ok());
  ASSERT_TRUE(instance.Record(FileStep(root_ + "/never-made")).ok());
  EXPECT_TRUE(Unwind(instance, {}).ok());
  EXPECT_FALSE(sys::Exists(tree));
  EXPECT_TRUE(List(root_)->empty());
  EXPECT_FALSE(sys::Exists(root_ + "/names/web"));
  EXPECT_TRUE(Unwind(instance, {}).ok());
}

TEST_F(UndoTest, OnlyTheLaterStepsAreUndone) {
  Instance instance = *Instance::Create(root_, "", {});
  for (const char* name : {"/kept", "/undone"}) {
    ASSERT_TRUE(instance.Record(FileStep(root_ + name)).ok());
    ASSERT_TRUE(sys::WriteFileAtomic(root_ + name, "").ok());
  }
  EXPECT_TRUE(UndoFrom(instance, 1, {}).ok());
  EXPECT_TRUE(sys::Exists(root_ + "/kept"));
  EXPECT_FALSE(sys::Exists(root_ + "/undone"));
  EXPECT_EQ(instance.Steps()->size(), 1);
}

TEST_F(UndoTest, FailureKeepsTheJournalButUndoesTheRest) {
  Instance instance = *Instance::Create(root_, "", {});
  ASSERT_TRUE(instance.Record(FileStep(root_ + "/file")).ok());
  ASSERT_TRUE(sys::WriteFileAtomic(root_ + "/file", "").ok());
  // A directory is no file: this cannot be undone.
  ASSERT_TRUE(instance.Record(FileStep(root_)).ok());
  EXPECT_FALSE(Unwind(instance, {}).ok());
  EXPECT_FALSE(sys::Exists(root_ + "/file"));
  EXPECT_EQ(instance.Steps()->size(), 2);
}

TEST_F(UndoTest, ProcessIsEnded) {
  Instance instance = *Instance::Create(root_, "", {});
  const pid_t child = fork();
  if (child == 0) {
    while (true) pause();
  }
  proto::Step step;
  *step.mutable_process() = *IdentifyProcess(child);
  ASSERT_TRUE(instance.Record(step).ok());
  EXPECT_TRUE(Unwind(instance, {}).ok());
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status));
}

TEST_F(UndoTest, StepsOfAnEarlierBootEndNoProcess) {
  proto::Step step;
  *step.mutable_process() = ThisProcess();
  EXPECT_TRUE(UndoStep(step, /*this_boot=*/false, {}).ok());
}

TEST_F(UndoTest, WhatIsNotMountedIsUnmounted) {
  proto::Step step;
  step.set_mount(root_);
  EXPECT_TRUE(UndoStep(step, /*this_boot=*/true, {}).ok());
  step.set_mount(root_ + "/absent");
  EXPECT_TRUE(UndoStep(step, /*this_boot=*/true, {}).ok());
}

TEST_F(UndoTest, OldDirectoryWithoutAContainerIsForgotten) {
  const std::string unborn = root_ + "/" + std::string(64, 'a');
  const std::string fresh = root_ + "/" + std::string(64, 'b');
  ASSERT_TRUE(sys::MakeDirectories(unborn).ok());
  ASSERT_TRUE(sys::MakeDirectories(fresh).ok());
  const struct timespec old[2] = {{1, 0}, {1, 0}};
  ASSERT_EQ(utimensat(AT_FDCWD, unborn.c_str(), old, 0), 0);
  EXPECT_TRUE(ForgetUnborn(root_).ok());
  EXPECT_FALSE(sys::Exists(unborn));
  EXPECT_TRUE(sys::Exists(fresh));
}

}  // namespace
}  // namespace cleat::journal
