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

using ::testing::ElementsAre;
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
  const std::vector<proto::ImageSummary> images = *SummarizeImages(root_, {});
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
  EXPECT_THAT(*SummarizeImages(root_, {/*all=*/true}), SizeIs(15));
}

TEST_F(ImageSummariesTest, UntaggedImageHasNoName) {
  const std::string id = *ImageStore(root_).Put(
      R"({"os":"o","architecture":"a","rootfs":{"diff_ids":[]}})");
  const std::vector<proto::ImageSummary> images = *SummarizeImages(root_, {});
  ASSERT_THAT(images, SizeIs(3));
  EXPECT_EQ(images[2].id(), id);
  EXPECT_FALSE(images[2].has_repository());
}

std::vector<std::string> NamesBy(const std::string& root,
                                 const std::vector<std::string>& filters) {
  ImageSelection selection;
  selection.filter = *ImageFilter::Parse(root, filters);
  std::vector<std::string> names;
  const auto images = *SummarizeImages(root, selection);
  for (const proto::ImageSummary& image : images) {
    names.push_back(absl::StrCat(image.repository(), ":", image.tag()));
  }
  return names;
}

TEST_F(ImageSummariesTest, FiltersListWhatDockersList) {
  const std::string long_name = "127.0.0.1:5055/team/fixture:1";
  EXPECT_THAT(NamesBy(root_, {"reference=fix*"}), ElementsAre("fixture:1"));
  EXPECT_THAT(NamesBy(root_, {"reference=*:1"}), ElementsAre("fixture:1"));
  EXPECT_THAT(NamesBy(root_, {"reference=*/*/fixture"}),
              ElementsAre(long_name));
  EXPECT_THAT(NamesBy(root_, {"reference=none"}), IsEmpty());
  EXPECT_THAT(NamesBy(root_, {"label=org.example.kind=fixture"}), SizeIs(2));
  EXPECT_THAT(NamesBy(root_, {"label=org.example.kind=other"}), IsEmpty());
  EXPECT_THAT(NamesBy(root_, {"dangling=false"}), SizeIs(2));
  EXPECT_THAT(NamesBy(root_, {"dangling=true"}), IsEmpty());
  EXPECT_THAT(NamesBy(root_, {"before=fixture:1"}), IsEmpty());
  EXPECT_THAT(NamesBy(root_, {"since=fef1e35372151ffd"}), SizeIs(2));
}

TEST_F(ImageSummariesTest, WrongFiltersAreRefused) {
  for (const char* text : {"dangling=yes", "color=blue", ""}) {
    EXPECT_TRUE(
        absl::IsInvalidArgument(ImageFilter::Parse(root_, {text}).status()))
        << text;
  }
  EXPECT_TRUE(
      absl::IsNotFound(ImageFilter::Parse(root_, {"before=none:1"}).status()));
}

TEST_F(ImageSummariesTest, DigestsAreListedWithTheTagsOfTheirRepository) {
  ImageSelection selection;
  selection.digests = true;
  const auto images = *SummarizeImages(root_, selection);
  ASSERT_THAT(images, SizeIs(2));
  EXPECT_EQ(images[0].digest(),
            "sha256:"
            "dc83e680558f6b224acbe6ee0781c9a600661dd1f2f13230a82eacbb8b3d3a4c");
  EXPECT_EQ(images[0].tag(), "1");
  EXPECT_FALSE(images[1].has_digest());
}

TEST_F(ImageSummariesTest, MissingStoreHasNone) {
  EXPECT_THAT(*SummarizeImages(root_ + "/none", {/*all=*/true}), IsEmpty());
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
