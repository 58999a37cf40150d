#include "lib/image/archive_files.h"

#include <stdlib.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/sys/file.h"
#include "lib/sys/remove_tree.h"

namespace cleat::image {
namespace {

using ::testing::HasSubstr;

constexpr char kArchive[] = "testdata/images/docker-save.tar";

class ArchiveFilesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    root_ = ::testing::TempDir() + "/archive_files_test";
    ASSERT_TRUE(sys::RemoveTree(root_).ok());
    ASSERT_TRUE(sys::MakeDirectories(root_ + "/in/d").ok());
  }
  void TearDown() override { EXPECT_TRUE(sys::RemoveTree(root_).ok()); }

  void Write(const std::string& name, const std::string& text) {
    ASSERT_TRUE(sys::WriteFileAtomic(root_ + "/in/" + name, text).ok());
  }
  // Packs what was written with GNU tar.
  std::unique_ptr<FileSet> Pack(const std::string& options) {
    const std::string path = root_ + "/archive.tar";
    EXPECT_EQ(system(absl::StrCat("tar ", options, " -C ", root_, "/in -cf ",
                                  path, " .")
                         .c_str()),
              0);
    return *ArchiveFiles::Open(path);
  }
  absl::Status OpenStatus(const std::string& content) {
    const std::string path = root_ + "/bad.tar";
    EXPECT_TRUE(sys::WriteFileAtomic(path, content).ok());
    return ArchiveFiles::Open(path).status();
  }

  std::string root_;
};

TEST_F(ArchiveFilesTest, FilesAreReadWhereTheyLie) {
  const auto files = *ArchiveFiles::Open(kArchive);
  const Extent extent = *files->Locate("manifest.json");
  const std::string whole = *sys::ReadFile(kArchive);
  EXPECT_EQ(*files->Read("manifest.json", 1000),
            whole.substr(static_cast<size_t>(extent.offset),
                         static_cast<size_t>(extent.size)));
  EXPECT_TRUE(
      absl::IsResourceExhausted(files->Read("manifest.json", 10).status()));
  EXPECT_TRUE(absl::IsNotFound(files->Locate("none").status()));
}

TEST_F(ArchiveFilesTest, LongNamesOfEveryDialectAreRead) {
  const std::string name = std::string(90, 'n') + "/" + std::string(90, 'm');
  ASSERT_TRUE(sys::MakeDirectories(root_ + "/in/" + std::string(90, 'n')).ok());
  Write(name, "long");
  for (const char* format : {"gnu", "posix", "ustar"}) {
    const auto files = Pack(absl::StrCat("--format=", format));
    EXPECT_EQ(*files->Read(name, 100), "long") << format;
  }
}

TEST_F(ArchiveFilesTest, LinksAreFollowedInsideTheArchive) {
  Write("d/file", "content");
  ASSERT_EQ(symlink("../d/file", (root_ + "/in/d/relative").c_str()), 0);
  ASSERT_EQ(symlink("/d/relative", (root_ + "/in/absolute").c_str()), 0);
  ASSERT_EQ(symlink("circle", (root_ + "/in/circle").c_str()), 0);
  ASSERT_EQ(symlink("../../../etc/passwd", (root_ + "/in/out").c_str()), 0);
  ASSERT_EQ(link((root_ + "/in/d/file").c_str(), (root_ + "/in/hard").c_str()),
            0);
  const auto files = Pack("--format=gnu");
  EXPECT_EQ(*files->Read("d/relative", 100), "content");
  EXPECT_EQ(*files->Read("absolute", 100), "content");
  EXPECT_EQ(*files->Read("hard", 100), "content");
  EXPECT_TRUE(absl::IsNotFound(files->Locate("circle").status()));
  EXPECT_TRUE(absl::IsNotFound(files->Locate("out").status()));
}

TEST_F(ArchiveFilesTest, TruncationAtAnyPlaceIsNeverAFile) {
  const std::string whole = *sys::ReadFile(kArchive);
  for (size_t size : {size_t{600}, size_t{5000}, whole.size() / 2}) {
    const absl::Status status = OpenStatus(whole.substr(0, size));
    EXPECT_TRUE(absl::IsDataLoss(status)) << size << ": " << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr("truncated"));
  }
}

TEST_F(ArchiveFilesTest, WhatIsNoTarIsSaidToBeNone) {
  EXPECT_THAT(std::string(OpenStatus(std::string(1024, 'x')).message()),
              HasSubstr("is no tar"));
  EXPECT_THAT(std::string(OpenStatus("\x1f\x8b....").message()),
              HasSubstr("it is compressed (gzip)"));
  EXPECT_FALSE(OpenStatus("").ok());
}

}  // namespace
}  // namespace cleat::image
