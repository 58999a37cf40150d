#include "lib/store/image_summaries.h"

#include <stdlib.h>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/store/find_image.h"
#include "lib/store/image_store.h"
#include "lib/sys/file.h"
#include "lib/sys/remove_tree.h"

namespace cleat::store {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kDockerId[] =
    "sha256:84897748be77591d359ea452dc56cdbaf81f385718f97d1d3e041d096bf8cf80";

class ImageSummariesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    root_ = ::testing::TempDir() + "/image_summaries_test";
    ASSERT_TRUE(sys::RemoveTree(root_).ok());
    ASSERT_TRUE(sys::MakeDirectories(root_).ok());
    ASSERT_EQ(system(absl::StrCat("tar --no-same-owner -xf testdata/images/"
                                  "dockerd-store.tar -C ",
                                  root_)
                         .c_str()),
              0);
  }
  void TearDown() override { EXPECT_TRUE(sys::RemoveTree(root_).ok()); }

  std::string root_;
};

TEST_F(ImageSummariesTest, DockersImagesAreListedAsDockerListsThem) {
  const std::vector<proto::ImageSummary> images =
      *SummarizeImages(root_, false);
  ASSERT_THAT(images, SizeIs(2));
  EXPECT_EQ(images[0].repository(), "127.0.0.1:5055/team/fixture");
  EXPECT_EQ(images[1].repository(), "fixture");
  for (const proto::ImageSummary& image : images) {
    EXPECT_EQ(image.tag(), "1");
    EXPECT_EQ(image.id(), kDockerId);
    EXPECT_EQ(image.created(), "2026-11-23T16:45:58.146569539Z");
    EXPECT_EQ(image.size(), 3031395);
  }
}

TEST_F(ImageSummariesTest, AllListsIntermediateImages) {
  EXPECT_THAT(*SummarizeImages(root_, true), SizeIs(15));
}

TEST_F(ImageSummariesTest, UntaggedImageHasNoName) {
  const std::string id = *ImageStore(root_).Put(
      R"({"os":"o","architecture":"a","rootfs":{"diff_ids":[]}})");
  const std::vector<proto::ImageSummary> images =
      *SummarizeImages(root_, false);
  ASSERT_THAT(images, SizeIs(3));
  EXPECT_EQ(images[2].id(), id);
  EXPECT_FALSE(images[2].has_repository());
}

TEST_F(ImageSummariesTest, MissingStoreHasNone) {
  EXPECT_THAT(*SummarizeImages(root_ + "/none", true), IsEmpty());
}

TEST_F(ImageSummariesTest, FindImageReadsStoreAndArchives) {
  const proto::Image stored = *FindImage("fixture:1", "linux/amd64", root_);
  EXPECT_EQ(stored.spec().reference(), "fixture:1");
  EXPECT_EQ(stored.spec().platform().architecture(), "amd64");
  EXPECT_EQ(stored.state().id(), kDockerId);
  const proto::Image archived =
      *FindImage("docker-archive:testdata/images/docker-save.tar", "", root_);
  EXPECT_FALSE(archived.spec().has_platform());
  EXPECT_EQ(archived.state().id(), kDockerId);
  EXPECT_FALSE(FindImage("fixture:1", "amd64", root_).ok());
}

}  // namespace
}  // namespace cleat::store
