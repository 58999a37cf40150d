#include "lib/store/layer_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/digest/chain_id.h"
#include "lib/digest/sha256.h"
#include "lib/sys/file.h"
#include "lib/sys/remove_tree.h"

namespace cleat::store {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::SizeIs;

class LayerStoreTest : public ::testing::Test {
 protected:
  void SetUp() override {
    root_ = ::testing::TempDir() + "/layer_store_test";
    ASSERT_TRUE(sys::RemoveTree(root_).ok());
  }
  void TearDown() override { EXPECT_TRUE(sys::RemoveTree(root_).ok()); }

  LayerStore Open() const { return *LayerStore::Open(root_, StoreForm()); }

  // A layer with one file, as a caller makes it.
  absl::StatusOr<std::string> Add(const std::string& content,
                                  const std::string& parent) const {
    PendingLayer layer = *Open().Begin();
    EXPECT_TRUE(sys::WriteFileAtomic(layer.diff() + "/file", content).ok());
    return Open().Commit(std::move(layer), Record(content, parent));
  }

  static LayerRecord Record(const std::string& content,
                            const std::string& parent) {
    LayerRecord record;
    record.diff_id = digest::Sha256Of(content);
    record.chain_id = digest::ChainId(parent, record.diff_id);
    record.parent = parent;
    record.size = static_cast<int64_t>(content.size());
    return record;
  }

  std::string Text(const std::string& below) const {
    return *sys::ReadFile(root_ + "/" + below);
  }
  std::vector<std::string> List(const std::string& below) const {
    return *sys::ListDirectory(root_ + "/" + below);
  }

  std::string root_;
};

TEST_F(LayerStoreTest, MissingStoreIsEmptyAndStaysMissing) {
  const absl::Status status = Open().Find(digest::Sha256Of("a")).status();
  EXPECT_TRUE(absl::IsNotFound(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("is not in store"));
  EXPECT_FALSE(sys::Exists(root_));
}

TEST_F(LayerStoreTest, CommittedLayerIsFoundWithItsContent) {
  const std::string path = *Add("base", "");
  EXPECT_EQ(*Open().Find(digest::Sha256Of("base")), path);
  EXPECT_EQ(*sys::ReadFile(path + "/file"), "base");
  struct stat info;
  ASSERT_EQ(stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0755u);
  EXPECT_THAT(List("overlay2/cleat-tmp"), IsEmpty());
  EXPECT_THAT(List("image/overlay2/layerdb/tmp"), IsEmpty());
}

TEST_F(LayerStoreTest, MetadataHasDockersShape) {
  ASSERT_TRUE(Add("base", "").ok());
  const LayerRecord base = *Open().Read(digest::Sha256Of("base"));
  ASSERT_TRUE(Add("app", base.chain_id).ok());
  const LayerRecord app = *Open().Read(Record("app", base.chain_id).chain_id);

  const std::string db =
      "image/overlay2/layerdb/sha256/" + app.chain_id.substr(7);
  EXPECT_THAT(List(db), ElementsAre("cache-id", "diff", "parent", "size"));
  EXPECT_EQ(Text(db + "/parent"), base.chain_id);
  EXPECT_EQ(Text(db + "/size"), "3");

  const std::string lower = "overlay2/" + base.cache_id;
  const std::string upper = "overlay2/" + app.cache_id;
  EXPECT_THAT(List(lower), ElementsAre("committed", "diff", "link"));
  EXPECT_THAT(List(upper),
              ElementsAre("committed", "diff", "link", "lower", "work"));
  EXPECT_THAT(Text(lower + "/link"), MatchesRegex("[A-Z2-7]{26}"));
  EXPECT_EQ(Text(upper + "/lower"), "l/" + Text(lower + "/link"));
  EXPECT_EQ(Text("overlay2/l/" + Text(lower + "/link") + "/file"), "base");
}

TEST_F(LayerStoreTest, LowerNamesAllParentsNearestFirst) {
  std::string parent;
  for (const char* content : {"a", "b", "c"}) {
    ASSERT_TRUE(Add(content, parent).ok());
    parent = Record(content, parent).chain_id;
  }
  const LayerRecord top = *Open().Read(parent);
  EXPECT_THAT(Text("overlay2/" + top.cache_id + "/lower"),
              MatchesRegex("l/[A-Z2-7]{26}:l/[A-Z2-7]{26}"));
}

TEST_F(LayerStoreTest, SecondCommitOfALayerKeepsTheFirst) {
  const std::string first = *Add("same", "");
  EXPECT_EQ(*Add("same", ""), first);
  EXPECT_THAT(List("overlay2"), SizeIs(3));
  EXPECT_THAT(List("overlay2/l"), SizeIs(1));
  EXPECT_THAT(List("image/overlay2/layerdb/tmp"), IsEmpty());
}

TEST_F(LayerStoreTest, MissingParentLeavesNothing) {
  const absl::Status status = Add("app", digest::Sha256Of("none")).status();
  EXPECT_TRUE(absl::IsNotFound(status)) << status;
  EXPECT_THAT(List("overlay2"), ElementsAre("cleat-tmp", "l"));
  EXPECT_THAT(List("overlay2/l"), IsEmpty());
  EXPECT_THAT(List("overlay2/cleat-tmp"), IsEmpty());
  EXPECT_THAT(List("image/overlay2/layerdb/tmp"), IsEmpty());
}

TEST_F(LayerStoreTest, AbandonedLayerIsRemoved) {
  { PendingLayer layer = *Open().Begin(); }
  EXPECT_THAT(List("overlay2/cleat-tmp"), IsEmpty());
}

TEST_F(LayerStoreTest, NextBeginRemovesWhatADeadProcessLeft) {
  const pid_t child = fork();
  if (child == 0) {
    PendingLayer layer = *Open().Begin();
    NamedLock lock = *Open().Lock(digest::Sha256Of("x"));
    _exit(0);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_THAT(List("overlay2/cleat-tmp"), SizeIs(2));
  PendingLayer alive = *Open().Begin();
  { PendingLayer other = *Open().Begin(); }
  EXPECT_THAT(List("overlay2/cleat-tmp"), SizeIs(1));
  EXPECT_TRUE(sys::Exists(alive.diff()));
}

// A process died between moving the directory and committing it.
TEST_F(LayerStoreTest, HalfCommittedLayerIsRemoved) {
  ASSERT_TRUE(Add("base", "").ok());
  const LayerRecord base = *Open().Read(digest::Sha256Of("base"));
  const std::string db = root_ + "/image/overlay2/layerdb/";
  ASSERT_TRUE(
      sys::MakeDirectories(root_ + "/overlay2/cleat-tmp/" + base.cache_id)
          .ok());
  ASSERT_EQ(rename((db + "sha256/" + base.chain_id.substr(7)).c_str(),
                   (db + "tmp/cleat-" + base.cache_id).c_str()),
            0);
  { PendingLayer layer = *Open().Begin(); }
  EXPECT_THAT(List("overlay2"), ElementsAre("cleat-tmp", "l"));
  EXPECT_THAT(List("overlay2/l"), IsEmpty());
  EXPECT_THAT(List("overlay2/cleat-tmp"), IsEmpty());
  EXPECT_THAT(List("image/overlay2/layerdb/tmp"), IsEmpty());
}

// A process died after the commit, before it had cleaned up.
TEST_F(LayerStoreTest, LeftoverOfACommittedLayerIsRemovedAndTheLayerKept) {
  const std::string path = *Add("base", "");
  const LayerRecord base = *Open().Read(digest::Sha256Of("base"));
  ASSERT_TRUE(
      sys::MakeDirectories(root_ + "/overlay2/cleat-tmp/" + base.cache_id)
          .ok());
  { PendingLayer layer = *Open().Begin(); }
  EXPECT_THAT(List("overlay2/cleat-tmp"), IsEmpty());
  EXPECT_EQ(*Open().Find(base.chain_id), path);
  EXPECT_EQ(*sys::ReadFile(path + "/file"), "base");
}

TEST_F(LayerStoreTest, LostDirectoryIsDataLoss) {
  const std::string path = *Add("base", "");
  ASSERT_TRUE(sys::RemoveTree(path).ok());
  EXPECT_TRUE(absl::IsDataLoss(Open().Find(digest::Sha256Of("base")).status()));
}

TEST_F(LayerStoreTest, CacheIdThatIsAPathIsDataLoss) {
  ASSERT_TRUE(Add("base", "").ok());
  const std::string hex = digest::Sha256Of("base").substr(7);
  ASSERT_TRUE(sys::WriteFileAtomic(
                  root_ + "/image/overlay2/layerdb/sha256/" + hex + "/cache-id",
                  "../../etc")
                  .ok());
  EXPECT_TRUE(absl::IsDataLoss(Open().Find(digest::Sha256Of("base")).status()));
}

TEST_F(LayerStoreTest, StoreOfAnotherFormIsRefused) {
  ASSERT_TRUE(Add("base", "").ok());
  EXPECT_EQ(Text("cleat-store"), "{\"xattrs\":\"trusted\"}\n");
  const absl::Status status =
      LayerStore::Open(root_, StoreForm{"user", "0 1000 1", ""}).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("0 1000 1"));
}

TEST_F(LayerStoreTest, FormOfANewStoreIsRemembered) {
  const StoreForm form{"user", "0 1000 1,1 100000 65535", "0 100 1"};
  {
    NamedLock made =
        *LayerStore::Open(root_, form)->Lock(digest::Sha256Of("a"));
  }
  EXPECT_EQ(*ReadStoreForm(root_), form);
  EXPECT_FALSE(LayerStore::Open(root_, StoreForm()).ok());
  EXPECT_TRUE(LayerStore::Open(root_, form).ok());
}

TEST_F(LayerStoreTest, UseOfALayerIsNotedToAMinute) {
  ASSERT_TRUE(Add("base", "").ok());
  const std::string chain = digest::Sha256Of("base");
  const std::string file = Paths(root_).Layer(chain) + "/cache-id";
  for (const time_t age : {3600, 20}) {
    const timespec before = {time(nullptr) - age, 0};
    const timespec times[] = {before, before};
    ASSERT_EQ(utimensat(AT_FDCWD, file.c_str(), times, 0), 0);
    Open().NoteUse(chain);
    struct stat info;
    ASSERT_EQ(stat(file.c_str(), &info), 0);
    EXPECT_EQ(info.st_mtime == before.tv_sec, age == 20);
  }
  Open().NoteUse(digest::Sha256Of("none"));
}

TEST_F(LayerStoreTest, LockLeavesNoFile) {
  { NamedLock lock = *Open().Lock(digest::Sha256Of("a")); }
  EXPECT_THAT(List("overlay2/cleat-tmp"), IsEmpty());
}

}  // namespace
}  // namespace cleat::store
