#include "lib/import/import_image.h"

#include <stdlib.h>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/image/platform.h"
#include "lib/store/image_store.h"
#include "lib/store/layer_store.h"
#include "lib/sys/file.h"
#include "lib/sys/remove_tree.h"

namespace cleat::import {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class ImportImageTest : public ::testing::Test {
 protected:
  void SetUp() override {
    root_ = ::testing::TempDir() + "/import_image_test";
    ASSERT_TRUE(sys::RemoveTree(root_).ok());
    ASSERT_TRUE(sys::MakeDirectories(root_ + "/tree/bin").ok());
    ASSERT_TRUE(sys::WriteFileAtomic(root_ + "/tree/bin/sh", "shell").ok());
    store_ = root_ + "/store";
    spec_.source = root_ + "/tree";
    spec_.name = "a:1";
    spec_.platform = image::HostPlatform();
    spec_.created = absl::FromUnixSeconds(1000);
    spec_.changes.add_cmd("/bin/sh");
  }
  void TearDown() override { EXPECT_TRUE(sys::RemoveTree(root_).ok()); }

  std::string Pack(const std::string& name, const std::string& options) {
    const std::string path = root_ + "/" + name;
    EXPECT_EQ(system(absl::StrCat("tar ", options, " -C ", root_, "/tree -cf ",
                                  path, " .")
                         .c_str()),
              0);
    return path;
  }

  std::string root_;
  std::string store_;
  ImportSpec spec_;
};

TEST_F(ImportImageTest, DirectoryBecomesAnImageWithItsFiles) {
  const std::string id = *ImportImage(spec_, store_);
  const proto::ImageState image =
      *store::ImageStore(store_).Read("a:1", absl::nullopt);
  EXPECT_EQ(image.id(), id);
  EXPECT_THAT(image.config().cmd(), ElementsAre("/bin/sh"));
  ASSERT_THAT(image.layers(), SizeIs(1));
  const auto layers = *store::LayerStore::Open(store_);
  const std::string diff = *layers.Find(image.layers(0).diff_id());
  EXPECT_EQ(*sys::ReadFile(diff + "/bin/sh"), "shell");
  EXPECT_EQ(*layers.Size(image.layers(0).diff_id()), 5);
  EXPECT_THAT(*sys::ListDirectory(store_ + "/overlay2/cleat-tmp"), IsEmpty());
}

TEST_F(ImportImageTest, SameSourceAndTimeGiveTheSameImage) {
  const std::string id = *ImportImage(spec_, store_);
  ASSERT_EQ(system(absl::StrCat("cp -a ", root_, "/tree ", root_,
                                "/copy && "
                                "touch ",
                                root_, "/copy/bin/sh")
                       .c_str()),
            0);
  spec_.source = root_ + "/copy";
  EXPECT_EQ(*ImportImage(spec_, root_ + "/other"), id);
}

TEST_F(ImportImageTest, CompressionDoesNotChangeTheImage) {
  spec_.source = Pack("a.tar", "");
  const std::string id = *ImportImage(spec_, store_);
  ASSERT_EQ(system(("gzip -k " + spec_.source).c_str()), 0);
  spec_.source += ".gz";
  EXPECT_EQ(*ImportImage(spec_, store_), id);
}

TEST_F(ImportImageTest, BadSpecIsRefusedBeforeAnythingIsMade) {
  spec_.name = "A";
  EXPECT_TRUE(absl::IsInvalidArgument(ImportImage(spec_, store_).status()));
  spec_.name = "a";
  spec_.changes.add_env("X");
  EXPECT_TRUE(absl::IsInvalidArgument(ImportImage(spec_, store_).status()));
  EXPECT_FALSE(sys::Exists(store_));
}

TEST_F(ImportImageTest, BadArchiveLeavesNothing) {
  const std::string whole = *sys::ReadFile(Pack("a.tar", ""));
  spec_.source = root_ + "/bad.tar";
  ASSERT_TRUE(sys::WriteFileAtomic(spec_.source, whole.substr(0, 700)).ok());
  EXPECT_TRUE(absl::IsDataLoss(ImportImage(spec_, store_).status()));
  EXPECT_THAT(*sys::ListDirectory(store_ + "/overlay2/cleat-tmp"), IsEmpty());
  EXPECT_THAT(*store::ImageStore(store_).List(), IsEmpty());
}

TEST_F(ImportImageTest, MissingSourceIsNotFound) {
  spec_.source = root_ + "/none";
  EXPECT_TRUE(absl::IsNotFound(ImportImage(spec_, store_).status()));
}

}  // namespace
}  // namespace cleat::import
