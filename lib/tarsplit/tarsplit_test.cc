#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <map>
#include <string>

#include "absl/strings/match.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/compress/decompress.h"
#include "lib/compress/test_data.h"
#include "lib/digest/sha256.h"
#include "lib/sys/fd.h"
#include "lib/sys/file.h"
#include "lib/tar/reader.h"
#include "lib/tar/test_archive.h"
#include "lib/tarsplit/joiner.h"
#include "lib/tarsplit/splitter.h"
#include "lib/testing/scoped_temp_dir.h"

// Splitting and joining, against what dockerd wrote.

namespace cleat::tarsplit {
namespace {

using ::testing::HasSubstr;

struct Split {
  absl::Status status;
  std::string text;
  bool replaced_data = false;
  // The files' data by name, the last of each: what a tree would have.
  std::map<std::string, std::string> files;
};

absl::Status ReadAll(tar::Reader& reader, Split* split) {
  tar::Entry entry;
  while (true) {
    const absl::StatusOr<bool> more = reader.Next(&entry);
    if (!more.ok()) return more.status();
    if (!*more) return reader.Drain();
    // Every other entry's data are left to the reader to skip.
    std::string& data = split->files[entry.name];
    data.clear();
    for (auto piece = reader.Data(); piece.ok() && !piece->bytes.empty();
         piece = reader.Data()) {
      data.append(piece->bytes.data(), piece->bytes.size());
    }
  }
}

Split SplitArchive(absl::string_view archive, Data data = Data::kInTree,
                   size_t piece = 1 << 20) {
  Split split;
  Splitter splitter(
      [&split](absl::string_view text) {
        split.text.append(text.data(), text.size());
        return absl::OkStatus();
      },
      data);
  tar::StringChunks chunks(archive, piece);
  tar::Reader reader(&chunks, &splitter);
  split.status = ReadAll(reader, &split);
  if (split.status.ok()) split.status = splitter.Finish();
  split.replaced_data = splitter.replaced_data();
  return split;
}

absl::StatusOr<std::string> JoinText(const std::string& text, int root) {
  compress::StringSource source(text);
  std::string archive;
  const absl::Status status =
      Join(&source, FilesBelow(root), [&archive](absl::string_view bytes) {
        archive.append(bytes.data(), bytes.size());
        return absl::OkStatus();
      });
  if (!status.ok()) return status;
  return archive;
}

class TarsplitTest : public ::testing::Test {
 protected:
  // Joins over a fresh tree of the split's files.
  static absl::StatusOr<std::string> JoinOver(const Split& split) {
    const testing::ScopedTempDir tree;
    for (const auto& file : split.files) {
      if (!file.second.empty()) tree.Write(file.first, file.second);
    }
    const sys::Fd root = *sys::Open(tree.path(), O_RDONLY | O_DIRECTORY);
    return JoinText(split.text, root.get());
  }

  testing::ScopedTempDir tree_;
  sys::Fd root_ = *sys::Open(tree_.path(), O_RDONLY | O_DIRECTORY);
};

std::string Unzipped(const std::string& bytes) {
  compress::StringSource source(bytes);
  compress::Decompressor plain(&source);
  return *compress::ReadToEnd(&plain);
}

// The layers of an archive of docker save, by the first digits of their
// DiffIDs.
std::map<std::string, std::string> SavedLayers() {
  const std::string saved =
      *sys::ReadFile("testdata/images/docker-save.tar", 1 << 30);
  std::map<std::string, std::string> layers;
  for (auto& file : SplitArchive(saved).files) {
    if (!absl::EndsWith(file.first, "/layer.tar")) continue;
    layers[digest::Sha256Of(file.second).substr(7, 12)] = file.second;
  }
  return layers;
}

TEST_F(TarsplitTest, TheTextIsDockersForEveryLayer) {
  const auto layers = SavedLayers();
  ASSERT_EQ(layers.size(), 4U);
  for (const auto& layer : layers) {
    const std::string docker = Unzipped(
        *sys::ReadFile("lib/tarsplit/testdata/" + layer.first + ".json.gz"));
    const Split split = SplitArchive(layer.second);
    ASSERT_TRUE(split.status.ok()) << split.status;
    EXPECT_TRUE(split.text == docker) << layer.first;
    EXPECT_FALSE(split.replaced_data);
  }
}

TEST_F(TarsplitTest, JoiningGivesTheLayerBack) {
  for (const auto& layer : SavedLayers()) {
    const auto joined = JoinOver(SplitArchive(layer.second));
    ASSERT_TRUE(joined.ok()) << joined.status();
    EXPECT_TRUE(*joined == layer.second) << layer.first;
  }
}

class DialectTest : public TarsplitTest,
                    public ::testing::WithParamInterface<const char*> {};

TEST_P(DialectTest, RoundTrip) {
  const std::string archive =
      *sys::ReadFile(std::string("lib/tar/testdata/") + GetParam());
  const Split split = SplitArchive(archive);
  ASSERT_TRUE(split.status.ok()) << split.status;
  EXPECT_EQ(SplitArchive(archive, Data::kInTree, 700).text, split.text);
  const auto joined = JoinOver(split);
  ASSERT_TRUE(joined.ok()) << joined.status();
  EXPECT_TRUE(*joined == archive);
}

INSTANTIATE_TEST_SUITE_P(Dialects, DialectTest,
                         ::testing::Values("gnu.tar", "oldgnu.tar",
                                           "pax-sparse-0.0.tar",
                                           "pax-sparse-0.1.tar",
                                           "pax-sparse-1.0.tar", "ustar.tar",
                                           "v7.tar"));

TEST_F(TarsplitTest, EveryEndIsKept) {
  const std::string whole = tar::MakeArchive({{tar::File("a"), "data"}});
  const std::string entries = whole.substr(0, whole.size() - 1024);
  for (const std::string& archive :
       {std::string(), std::string(1024, '\0'), entries,
        entries + std::string(512, '\0'), whole + "rubbish",
        whole + std::string(5 << 20, '\0')}) {
    const Split split = SplitArchive(archive);
    ASSERT_TRUE(split.status.ok()) << split.status;
    const auto joined = JoinOver(split);
    ASSERT_TRUE(joined.ok()) << joined.status();
    EXPECT_TRUE(*joined == archive) << archive.size();
  }
}

TEST_F(TarsplitTest, NothingIsWhatGoMakesOfIt) {
  EXPECT_EQ(SplitArchive("").text,
            "{\"type\":2,\"payload\":null,\"position\":0}\n"
            "{\"type\":2,\"payload\":\"\",\"position\":1}\n");
}

// dockerd refuses a second entry of a name, and a whiteout is not in the tree.
TEST_F(TarsplitTest, WhatTheTreeLacksIsInTheSplit) {
  const std::string archive = tar::MakeArchive({{tar::Directory("d"), ""},
                                                {tar::Directory("./d/"), ""},
                                                {tar::File("d/a"), ""},
                                                {tar::File("./d//a"), "later"},
                                                {tar::File(".wh.b"), "data"}});
  const Split split = SplitArchive(archive);
  EXPECT_FALSE(split.replaced_data);
  const auto joined = JoinText(split.text, root_.get());
  ASSERT_TRUE(joined.ok()) << joined.status();
  EXPECT_TRUE(*joined == archive);
}

TEST_F(TarsplitTest, ReplacedDataAreToldAndKeptOnRequest) {
  const std::string archive =
      tar::MakeArchive({{tar::File("a"), "first"}, {tar::File("a"), "second"}});
  EXPECT_TRUE(SplitArchive(archive).replaced_data);
  const Split split = SplitArchive(archive, Data::kInSplit);
  EXPECT_FALSE(split.replaced_data);
  const auto joined = JoinText(split.text, root_.get());
  ASSERT_TRUE(joined.ok()) << joined.status();
  EXPECT_TRUE(*joined == archive);
}

TEST_F(TarsplitTest, AChangedTreeIsNamed) {
  const Split split =
      SplitArchive(tar::MakeArchive({{tar::File("d/a"), "data"}}));
  const auto message = [&] {
    return std::string(JoinText(split.text, root_.get()).status().message());
  };
  EXPECT_THAT(message(), HasSubstr("file 'd/a': open"));
  tree_.Write("d/a", "Data");
  EXPECT_EQ(message(), "file 'd/a': was changed: it has another checksum");
  tree_.Write("d/a", "longer");
  EXPECT_EQ(message(), "file 'd/a': has 6 bytes, the archive's had 4");
}

TEST_F(TarsplitTest, NothingOutsideTheTreeIsRead) {
  testing::ScopedTempDir outside;
  const std::string secret = outside.Write("secret", "data");
  ASSERT_EQ(symlink(secret.c_str(), tree_.Path("link").c_str()), 0);
  ASSERT_EQ(symlink(outside.path().c_str(), tree_.Path("dir").c_str()), 0);
  ASSERT_EQ(mkfifo(tree_.Path("fifo").c_str(), 0600), 0);
  for (const std::string& name :
       {std::string("link"), std::string("dir/secret"), std::string("fifo"),
        secret, ".." + secret, std::string("..")}) {
    const Split split =
        SplitArchive(tar::MakeArchive({{tar::File(name), "data"}}));
    EXPECT_FALSE(JoinText(split.text, root_.get()).ok()) << name;
  }
}

TEST_F(TarsplitTest, EveryTruncationOfTheTextIsSeenOrIsShorter) {
  const std::string archive = tar::MakeArchive(
      {{tar::File("a"), "data"}, {tar::Symlink("b", "a"), ""}});
  const Split split = SplitArchive(archive);
  ASSERT_TRUE(JoinOver(split).ok());
  for (size_t size = 0; size < split.text.size(); ++size) {
    const auto joined = JoinText(split.text.substr(0, size), root_.get());
    if (!joined.ok()) continue;
    EXPECT_EQ(archive.compare(0, joined->size(), *joined), 0) << size;
  }
}

}  // namespace
}  // namespace cleat::tarsplit
