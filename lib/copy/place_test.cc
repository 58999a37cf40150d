#include "lib/copy/place.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "lib/sys/file.h"
#include "lib/testing/scoped_temp_dir.h"

namespace cleat::copy {
namespace {

TEST(ParsePathTest, EndsSayWhatIsMeant) {
  struct {
    const char* text;
    const char* path;
    bool directory;
    bool contents;
  } const kCases[] = {
      {"a", "a", false, false},   {"a/b", "a/b", false, false},
      {"/a/", "/a", true, false}, {"a//", "a", true, false},
      {"a/.", "a", true, true},   {"a/./", "a", true, true},
      {"/", "", true, true},      {".", ".", false, true},
      {"./", ".", true, true},    {"a/..", "a/..", false, false},
      {"a.", "a.", false, false}, {".a/", ".a", true, false},
  };
  for (const auto& it : kCases) {
    const Path path = ParsePath(it.text);
    EXPECT_EQ(path.text, it.path) << it.text;
    EXPECT_EQ(path.directory, it.directory) << it.text;
    EXPECT_EQ(path.contents, it.contents) << it.text;
  }
}

// A root with a file beside it that it must not reach.
class FindPlaceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    directory_.Write("outside", "secret");
    directory_.Write("root/dir/file", "x");
    Link("/dir", "abs");
    Link("dir/file", "rel");
    Link("../../outside", "out");
    Link("loop", "loop");
    Link("nowhere", "dangling");
    side_.root = *sys::Open(directory_.Path("root"), O_PATH | O_DIRECTORY);
  }

  void Link(const char* target, const char* name) {
    const std::string path = directory_.Path(absl::StrCat("root/", name));
    ASSERT_EQ(symlink(target, path.c_str()), 0);
  }

  absl::StatusOr<Place> Find(const char* path, bool follow = true) {
    return FindPlace(side_, ParsePath(path), follow);
  }

  testing::ScopedTempDir directory_;
  Side side_;
};

TEST_F(FindPlaceTest, NamesAndKinds) {
  EXPECT_EQ(Find("/dir")->kind, Kind::kDirectory);
  EXPECT_EQ(Find("dir/file")->base, "file");
  EXPECT_EQ(Find("dir/file")->kind, Kind::kOther);
  EXPECT_EQ(Find("/dir/new")->kind, Kind::kAbsent);
  EXPECT_EQ(Find("/")->base, "");
  EXPECT_EQ(Find("/..")->kind, Kind::kDirectory);
  EXPECT_TRUE(absl::IsNotFound(Find("none/new").status()));
}

TEST_F(FindPlaceTest, LinksAtTheEndAreFollowedWhenAsked) {
  EXPECT_EQ(Find("abs")->base, "dir");
  EXPECT_EQ(Find("rel")->base, "file");
  EXPECT_EQ(Find("abs", false)->kind, Kind::kOther);
  EXPECT_EQ(Find("abs/", false)->base, "dir");
  EXPECT_EQ(Find("dangling")->base, "nowhere");
  EXPECT_EQ(Find("dangling")->kind, Kind::kAbsent);
  EXPECT_TRUE(absl::IsFailedPrecondition(Find("loop").status()));
}

TEST_F(FindPlaceTest, NoLinkLeadsOut) {
  const absl::StatusOr<Place> place = Find("out");
  ASSERT_TRUE(place.ok());
  EXPECT_EQ(place->base, "outside");
  EXPECT_EQ(place->kind, Kind::kAbsent);
  struct stat root, parent;
  ASSERT_EQ(fstat(side_.root.get(), &root), 0);
  ASSERT_EQ(fstat(place->parent.get(), &parent), 0);
  EXPECT_EQ(root.st_ino, parent.st_ino);
}

TEST_F(FindPlaceTest, DirectoryIsADirectory) {
  EXPECT_TRUE(absl::IsFailedPrecondition(Find("dir/file/").status()));
  EXPECT_EQ(Find("dir/")->kind, Kind::kDirectory);
}

TEST(CheckNoKernelFileTest, ProcfsIsAndDirectoriesAreNot) {
  const sys::Fd proc = *sys::Open("/proc", O_PATH | O_DIRECTORY);
  EXPECT_TRUE(absl::IsFailedPrecondition(CheckNoKernelFile(proc.get(), "p")));
  EXPECT_TRUE(IsNoStorage(proc.get()));
  const testing::ScopedTempDir directory;
  const sys::Fd own = *sys::Open(directory.path(), O_PATH | O_DIRECTORY);
  EXPECT_TRUE(CheckNoKernelFile(own.get(), "d").ok());
}

}  // namespace
}  // namespace cleat::copy
