#include "lib/store/remove_layers.h"

#include <stdio.h>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/digest/chain_id.h"
#include "lib/digest/sha256.h"
#include "lib/store/layer_store.h"
#include "lib/sys/file.h"
#include "lib/testing/scoped_temp_dir.h"

namespace cleat::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// a <- b <- c, and a <- d.
LayerUse FourLayers() {
  LayerUse use;
  use.parents = {{"a", ""}, {"b", "a"}, {"c", "b"}, {"d", "a"}};
  return use;
}

TEST(UnusedLayersTest, WhatNothingNeedsGoesFromTheTop) {
  EXPECT_THAT(UnusedLayers(FourLayers(), {"c"}, {}), ElementsAre("c", "b"));
  EXPECT_THAT(UnusedLayers(FourLayers(), {"a", "b", "c", "d"}, {}),
              ElementsAre("c", "b", "d", "a"));
}

TEST(UnusedLayersTest, ImagesMountsChildrenAndCallersKeepLayers) {
  EXPECT_THAT(UnusedLayers(FourLayers(), {"b"}, {}), IsEmpty());
  EXPECT_THAT(UnusedLayers(FourLayers(), {"c"}, {"b"}), ElementsAre("c"));
  LayerUse use = FourLayers();
  use.images["b"] = {"image"};
  use.mounts["d"] = {"container"};
  EXPECT_THAT(UnusedLayers(use, {"c", "d"}, {}), ElementsAre("c"));
  EXPECT_THAT(UnusedLayers(use, {"none"}, {}), IsEmpty());
}

class RemoveLayersTest : public ::testing::Test {
 protected:
  std::string Add(const std::string& content, const std::string& parent) {
    const LayerStore layers = *LayerStore::Open(dir_.path(), StoreForm());
    PendingLayer layer = *layers.Begin();
    EXPECT_TRUE(sys::WriteFileAtomic(layer.diff() + "/file", content).ok());
    LayerRecord record;
    record.diff_id = digest::Sha256Of(content);
    record.chain_id = digest::ChainId(parent, record.diff_id);
    record.parent = parent;
    EXPECT_TRUE(layers.Commit(std::move(layer), record).ok());
    return record.chain_id;
  }
  std::vector<std::string> List(const std::string& below) const {
    return *sys::ListDirectory(dir_.path() + "/" + below);
  }

  testing::ScopedTempDir dir_;
};

TEST_F(RemoveLayersTest, LayersGoWithDirectoriesAndLinks) {
  const std::string base = Add("base", "");
  const std::string app = Add("app", base);
  const Paths paths(dir_.path());
  EXPECT_THAT(*RemoveUnusedLayers(paths, {app}, {base}), ElementsAre(app));
  EXPECT_THAT(List("overlay2/l"), SizeIs(1));
  EXPECT_THAT(*RemoveUnusedLayers(paths, {base}, {}), ElementsAre(base));
  EXPECT_THAT(List("overlay2/l"), IsEmpty());
  EXPECT_THAT(List("overlay2"), ElementsAre("cleat-tmp", "l"));
  EXPECT_THAT(List("image/overlay2/layerdb/sha256"), IsEmpty());
}

TEST_F(RemoveLayersTest, RemovalThatWasCutShortIsFinished) {
  const std::string base = Add("base", "");
  const Paths paths(dir_.path());
  const std::string name = base.substr(7) + "-0123-removing";
  ASSERT_EQ(rename(paths.Layer(base).c_str(),
                   (paths.LayerDatabase() + "/" + name).c_str()),
            0);
  EXPECT_THAT(ListRemoving(paths), ElementsAre(name));
  EXPECT_TRUE(FinishRemoving(paths, name).ok());
  EXPECT_TRUE(FinishRemoving(paths, name).ok());
  EXPECT_THAT(List("overlay2"), ElementsAre("cleat-tmp", "l"));
  EXPECT_THAT(List("overlay2/l"), IsEmpty());
}

TEST_F(RemoveLayersTest, MissingStoreStaysMissing) {
  const std::string root = dir_.path() + "/none";
  EXPECT_THAT(*RemoveUnusedLayers(Paths(root), {"sha256:x"}, {}), IsEmpty());
  EXPECT_FALSE(sys::Exists(root));
}

}  // namespace
}  // namespace cleat::store
