#include "lib/store/image_store.h"

#include <stdlib.h>

#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/digest/sha256.h"
#include "lib/image/platform.h"
#include "lib/store/layer_store.h"
#include "lib/store/repositories.h"
#include "lib/sys/file.h"
#include "lib/sys/remove_tree.h"

namespace cleat::store {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::SizeIs;

constexpr char kDockerId[] =
    "sha256:84897748be77591d359ea452dc56cdbaf81f385718f97d1d3e041d096bf8cf80";
constexpr char kConfig[] =
    R"({"os":"linux","architecture":"amd64","rootfs":{"diff_ids":[]}})";

class ImageStoreTest : public ::testing::Test {
 protected:
  void SetUp() override {
    root_ = ::testing::TempDir() + "/image_store_test";
    ASSERT_TRUE(sys::RemoveTree(root_).ok());
  }
  void TearDown() override { EXPECT_TRUE(sys::RemoveTree(root_).ok()); }

  ImageStore store() const { return ImageStore(root_); }
  std::string Text(const std::string& below) const {
    return *sys::ReadFile(root_ + "/" + below);
  }

  std::string root_;
};

TEST_F(ImageStoreTest, MissingStoreIsEmptyAndStaysMissing) {
  EXPECT_THAT(*store().List(), IsEmpty());
  const absl::Status status = store().Resolve("busybox").status();
  EXPECT_TRUE(absl::IsNotFound(status));
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("find image 'busybox': it is not in store"));
  EXPECT_FALSE(sys::Exists(root_));
}

TEST_F(ImageStoreTest, ImageIsFoundByNameIdAndBeginningOfIt) {
  const std::string id = *store().Put(kConfig);
  ASSERT_TRUE(store().Tag(id, "docker.io/library/a:1").ok());
  ASSERT_TRUE(store().Tag(id, "b").ok());
  for (const std::string& name :
       {std::string("a:1"), std::string("b"), std::string("b:latest"), id,
        id.substr(7), id.substr(7, 12), id.substr(0, 20)}) {
    EXPECT_EQ(*store().Resolve(name), id) << name;
  }
  EXPECT_TRUE(absl::IsNotFound(store().Resolve("a").status()));
  EXPECT_TRUE(absl::IsInvalidArgument(store().Resolve("A b").status()));
}

TEST_F(ImageStoreTest, FilesHaveDockersShape) {
  const std::string id = *store().Put(kConfig);
  ASSERT_TRUE(store().Tag(id, "a:1").ok());
  EXPECT_EQ(Text("image/overlay2/imagedb/content/sha256/" + id.substr(7)),
            kConfig);
  EXPECT_EQ(Text("image/overlay2/repositories.json"),
            absl::StrCat(R"({"Repositories":{"a":{"a:1":")", id, R"("}}})"));
  EXPECT_THAT(
      Text("image/overlay2/imagedb/metadata/sha256/" + id.substr(7) +
           "/lastUpdated"),
      MatchesRegex("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}(\\.[0-9]+)?Z"));
}

TEST_F(ImageStoreTest, AmbiguousBeginningIsRefused) {
  std::vector<std::string> ids;
  for (int i = 0; i < 40; ++i) {
    ids.push_back(*store().Put(std::string(kConfig) + std::string(i, ' ')));
  }
  EXPECT_THAT(*store().List(), SizeIs(40));
  // Of 40 ids two begin with the same digit.
  int ambiguous = 0;
  for (const std::string& id : ids) {
    ambiguous +=
        absl::IsInvalidArgument(store().Resolve(id.substr(0, 8)).status());
  }
  EXPECT_GT(ambiguous, 0);
}

TEST_F(ImageStoreTest, ChangedConfigIsDataLoss) {
  const std::string id = *store().Put(kConfig);
  ASSERT_TRUE(
      sys::WriteFileAtomic(
          root_ + "/image/overlay2/imagedb/content/sha256/" + id.substr(7),
          "{}")
          .ok());
  EXPECT_TRUE(absl::IsDataLoss(store().Get(id).status()));
}

TEST_F(ImageStoreTest, WhatIsNoConfigIsNotStored) {
  EXPECT_TRUE(absl::IsInvalidArgument(store().Put("{}").status()));
  EXPECT_FALSE(sys::Exists(root_));
}

TEST_F(ImageStoreTest, TagOfAMissingImageOrWithADigestIsRefused) {
  const std::string id = *store().Put(kConfig);
  EXPECT_TRUE(absl::IsNotFound(store().Tag(digest::Sha256Of("x"), "a")));
  EXPECT_TRUE(absl::IsInvalidArgument(store().Tag(id, absl::StrCat("a@", id))));
  EXPECT_FALSE(sys::Exists(root_ + "/image/overlay2/repositories.json"));
}

TEST_F(ImageStoreTest, NoTagIsLostWhenManyAreGivenAtOnce) {
  const std::string id = *store().Put(kConfig);
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([this, id, i] {
      EXPECT_TRUE(store().Tag(id, absl::StrCat("name", i)).ok());
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(Repositories::Load(Paths(root_))->all(), SizeIs(8));
}

TEST_F(ImageStoreTest, MalformedRepositoriesNameTheField) {
  ASSERT_TRUE(Paths(root_).MakeForImages().ok());
  ASSERT_TRUE(
      sys::WriteFileAtomic(root_ + "/image/overlay2/repositories.json",
                           R"({"Repositories":{"a":{"a:1":"../../x"}}})")
          .ok());
  EXPECT_THAT(std::string(store().Resolve("a:1").status().message()),
              HasSubstr("repositories.json: field Repositories.a.a:1"));
}

// What a dockerd wrote.
class DockerStoreTest : public ImageStoreTest {
 protected:
  void SetUp() override {
    ImageStoreTest::SetUp();
    ASSERT_TRUE(sys::MakeDirectories(root_).ok());
    ASSERT_EQ(system(absl::StrCat("tar --no-same-owner -xf testdata/images/"
                                  "dockerd-store.tar -C ",
                                  root_)
                         .c_str()),
              0);
  }
};

TEST_F(DockerStoreTest, ImageIsRead) {
  for (const char* name :
       {"fixture:1", "127.0.0.1:5055/team/fixture:1", "848977", kDockerId,
        "127.0.0.1:5055/team/fixture@sha256:"
        "dc83e680558f6b224acbe6ee0781c9a600661dd1f2f13230a82eacbb8b3d3a4c"}) {
    const proto::ImageState state = *store().Read(name, absl::nullopt);
    EXPECT_EQ(state.id(), kDockerId) << name;
    EXPECT_EQ(image::FormatPlatform(state.platform()), "linux/amd64");
    EXPECT_THAT(state.config().entrypoint(),
                ElementsAre("/bin/sh", "/usr/share/hello.sh"));
    ASSERT_THAT(state.layers(), SizeIs(4));
    EXPECT_FALSE(state.layers(0).has_path());
  }
  EXPECT_TRUE(absl::IsNotFound(
      store()
          .Read("fixture:1", *image::ParsePlatform("linux/arm64"))
          .status()));
}

TEST_F(DockerStoreTest, RepositoriesAreWrittenAsTheyWereRead) {
  const std::string text = Text("image/overlay2/repositories.json");
  EXPECT_EQ(Repositories::Parse(text, "r")->Print(), text);
}

TEST_F(DockerStoreTest, LayersAndTheirSizesAreRead) {
  const LayerRecord top = *LayerStore::Open(root_)->Read(
      "sha256:"
      "8cb95aec397b00717c77354123298a184335ba2469dcf6a6f889551ac3d066a1");
  EXPECT_EQ(top.parent,
            "sha256:"
            "8f38b902d8fd10658b50930ee9af3802917b886adf824ac53865114fc3bf71bf");
  EXPECT_EQ(top.size, 39);
  EXPECT_EQ(top.cache_id,
            "525bf9224d6c9a1f31e78ff8ca79e80b92f28559f6d7b10f7772f2a219f7f086");
}

TEST_F(DockerStoreTest, NewLayerStandsOnDockers) {
  const LayerStore layers = *LayerStore::Open(root_);
  LayerRecord record;
  record.parent =
      "sha256:8cb95aec397b00717c77354123298a184335ba2469dcf6a6f889551ac3d066a1";
  record.diff_id = digest::Sha256Of("new");
  record.chain_id = digest::Sha256Of("chain");
  const std::string diff = *layers.Commit(*layers.Begin(), record);
  EXPECT_EQ(*sys::ReadFile(diff + "/../lower"),
            "l/FSU5HWZDBRHQKW6HIAMI2AOUUV:l/A5HOF6ZN6UD5I4MTNWDGDARB3Q:"
            "l/CZOTV2HIXGT5D6XXEECNFE7MS4:l/MGRPMZ5YUZYP6MT2IEBYHHEY4K");
}

TEST_F(DockerStoreTest, ParentOfABuiltImageIsKnown) {
  EXPECT_EQ(store().Parent(kDockerId),
            "sha256:"
            "6d55785e65649d1d2b57fcecbd6af28a78f43016ec781de7a73f270ae7342176");
  EXPECT_THAT(*store().List(), SizeIs(14));
}

}  // namespace
}  // namespace cleat::store
