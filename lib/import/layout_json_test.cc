#include "lib/import/layout_json.h"

#include "gtest/gtest.h"

namespace cleat::import {
namespace {

SavedImage Image(const std::string& digest, std::vector<std::string> names) {
  SavedImage image;
  image.manifest = {digest, 7};
  image.names = std::move(names);
  return image;
}

std::string Entry(const std::string& digest, const std::string& whole,
                  const std::string& reference) {
  return R"({"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":")" +
         digest + R"(","size":7,"annotations":{"io.containerd.image.name":")" +
         whole + R"(","org.opencontainers.image.ref.name":")" + reference +
         R"("}})";
}

std::string Index(const std::string& manifests) {
  return R"({"schemaVersion":2,"mediaType":)"
         R"("application/vnd.oci.image.index.v1+json","manifests":[)" +
         manifests + "]}";
}

const char kA1[] = "docker.io/library/a:1";
const char kB1[] = "docker.io/library/b:1";

std::string Print(const std::vector<SavedImage>& images,
                  const std::string& present = "") {
  const auto index = PrintIndex(images, present);
  return index.ok() ? *index : std::string(index.status().message());
}

TEST(PrintIndex, NamesImagesByTagAndByNameWhereTheTagIsShared) {
  EXPECT_EQ(Print({Image("sha256:1", {"a:1"})}),
            Index(Entry("sha256:1", kA1, "1")));
  EXPECT_EQ(Print({Image("sha256:1", {"a:1"}), Image("sha256:2", {"b:1"})}),
            Index(Entry("sha256:1", kA1, "a:1") + "," +
                  Entry("sha256:2", kB1, "b:1")));
}

TEST(PrintIndex, KeepsWhatIsThereAsItIs) {
  const std::string other =
      R"({"digest":"sha256:9","size":1,"odd":[1.5,null],"annotations":{"x":"y"}})";
  const std::string present =
      R"({"manifests":[)" + other + R"(],"annotations":{"of":"the index"}})";
  EXPECT_EQ(Print({Image("sha256:1", {"a:1"})}, present),
            R"({"manifests":[)" + other + "," + Entry("sha256:1", kA1, "1") +
                R"(],"annotations":{"of":"the index"}})");
}

TEST(PrintIndex, ReplacesTheSameName) {
  EXPECT_EQ(
      Print({Image("sha256:2", {"a:1"})}, Index(Entry("sha256:1", kA1, "1"))),
      Index(Entry("sha256:2", kA1, "1")));
  // skopeo's entries have a tag alone.
  EXPECT_EQ(Print({Image("sha256:2", {"a:1"})},
                  Index(R"({"digest":"sha256:1","size":7,"annotations":)"
                        R"({"org.opencontainers.image.ref.name":"1"}})")),
            Index(Entry("sha256:2", kA1, "1")));
}

TEST(PrintIndex, LeavesTheTagToAnotherImageThatHasIt) {
  const std::string both =
      Index(Entry("sha256:1", kA1, "1") + "," + Entry("sha256:2", kB1, "b:1"));
  EXPECT_EQ(
      Print({Image("sha256:2", {"b:1"})}, Index(Entry("sha256:1", kA1, "1"))),
      both);
  EXPECT_EQ(Print({Image("sha256:2", {"b:1"})}, both), both);
}

TEST(PrintIndex, AddsAnImageWithoutANameOnce) {
  const std::string once = Print({Image("sha256:1", {})});
  EXPECT_EQ(Print({Image("sha256:1", {})}, once), once);
}

TEST(PrintIndex, RefusesWhatIsNoIndex) {
  EXPECT_EQ(Print({}, "{}"),
            "index.json: is no index: it has no array manifests");
  EXPECT_EQ(Print({}, R"({"manifests":{}})"),
            "index.json: is no index: it has no array manifests");
}

}  // namespace
}  // namespace cleat::import
